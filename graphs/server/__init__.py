"""What langgraph.json names."""
