"""The outfit composer."""
