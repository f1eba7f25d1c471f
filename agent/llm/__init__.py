"""The five decisions made by a chat model, each with the local decision as its fallback."""
