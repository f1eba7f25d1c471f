"""Recording of cassettes."""
