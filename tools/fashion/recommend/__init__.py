"""The recommender of single items."""
