"""Several servers beside one another, which share a Postgres database."""
