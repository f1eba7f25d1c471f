"""Text to vectors: on this machine (`local`), or by a server that speaks OpenAI's protocol (`server`)."""

from stylegraph.tools.embeddings.local import LocalEmbedder

__all__ = ["LocalEmbedder"]
