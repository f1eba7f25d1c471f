"""Three shops that the recommender has never seen, as their exports look, with what is true of each product."""
