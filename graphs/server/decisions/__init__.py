"""A decision model over HTTP, by the two protocols that there are."""
