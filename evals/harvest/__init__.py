"""Cases made of turns that people disliked."""
