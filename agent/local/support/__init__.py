"""How likely evidence bears a sentence, and an answer answers its question, without a model."""
