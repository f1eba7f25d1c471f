"""Garments and the words for them."""
