"""What we know: records, sources, law. Imports nothing of ours."""
