"""The runs behind the command line, and what they print."""
