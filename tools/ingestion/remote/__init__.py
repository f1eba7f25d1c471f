"""Loaders that read from the web."""
