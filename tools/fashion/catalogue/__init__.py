"""A shop's own catalogue: files in, items out, with what was missing read from words and photos."""
