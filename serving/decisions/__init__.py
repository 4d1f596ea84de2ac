"""Accept, review or hold: grounds, reasons, exceptions, thresholds, parcels seen together, and what is decided anew."""
