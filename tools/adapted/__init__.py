"""Retrievers, tools, loaders and servers of other ecosystems as sources of evidence."""
