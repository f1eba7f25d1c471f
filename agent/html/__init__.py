"""A reply as HTML: a card for a notebook, and the parts that a whole page is made of."""
