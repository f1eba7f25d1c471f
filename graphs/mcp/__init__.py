"""The assistant and its sources for other assistants, over the Model Context Protocol."""
