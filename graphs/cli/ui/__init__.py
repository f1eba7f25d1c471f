"""What commands share: screens, progress and options."""
