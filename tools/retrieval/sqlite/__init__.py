"""The embedded index, in one SQLite file."""
