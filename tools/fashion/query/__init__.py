"""From the words of a wish to the values of one catalogue."""
