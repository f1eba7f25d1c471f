"""What the deployed graph adds: the served assistant, indexing and uploads."""
