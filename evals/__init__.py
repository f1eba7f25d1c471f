"""How good it is: labelled cases, and the commands that print every number of docs/numbers.md."""
