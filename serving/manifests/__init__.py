"""From a file that came in to records in the ledger."""
