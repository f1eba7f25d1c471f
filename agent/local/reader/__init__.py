"""Reads passages for the sentences that answer, without a model."""
