"""Mends and additions to the in-memory LangGraph runtime."""
