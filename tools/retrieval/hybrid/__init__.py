"""What every index shares: scoring, fusion, vectors and filters."""
