"""What a picture shows of garments."""
