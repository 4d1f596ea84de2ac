"""How fast it is: what `mailduty bench` measures, and what it measures with."""
