"""The five decisions made without a model: measured rules over embeddings, words and the evidence itself."""
