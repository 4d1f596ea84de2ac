"""What answers: pure code, without clock, network or files. Imports data only."""
