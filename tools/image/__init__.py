"""What a picture shows, found out without a key."""
