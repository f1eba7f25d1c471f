"""Routes of our own beside LangGraph's."""
