"""How it learns, and who is promoted. Imports data and models; never imports serving."""
