"""Replay of cassettes."""
