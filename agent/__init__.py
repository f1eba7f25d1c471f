"""What is decided, and the words for it: knows no index, no web and no picture library."""
