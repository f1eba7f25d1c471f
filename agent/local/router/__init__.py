"""Decides where a question goes, without a model."""
