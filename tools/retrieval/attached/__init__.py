"""Indexes of Elasticsearch that others made, searched as they are: never written to."""
