"""Web search: what is fresh, and what is outside the user's own documents."""
