"""Hybrid search over the user's own documents: by words (BM25) and by meaning (vectors), fused."""
