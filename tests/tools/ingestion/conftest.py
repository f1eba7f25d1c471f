"""A server on loopback for what reads from the web."""

from ingestion_web import allowing, fetcher, web

__all__ = ["allowing", "fetcher", "web"]
