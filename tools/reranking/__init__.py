"""Rerankers of others behind our protocol: LangChain's, and those on a server."""
