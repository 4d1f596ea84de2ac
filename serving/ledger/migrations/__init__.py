"""How the ledger's tables came to be, step by step. Run by ``opening.py``; no file outside the package is needed."""
