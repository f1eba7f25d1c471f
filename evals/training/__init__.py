"""Fits what the library ships: router, reader and pictures."""
