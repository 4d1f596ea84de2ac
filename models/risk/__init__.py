"""How risky is it: a score for an item, with the signals behind it."""
