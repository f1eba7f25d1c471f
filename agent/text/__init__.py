"""Words, sentences, languages and the shapes of questions."""
