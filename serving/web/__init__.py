"""Who is let in, what is sent and answered, and the typed client; `serving/service.py` stands outside, for BentoML."""
