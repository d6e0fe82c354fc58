"""What a face does over time, and what is true of it."""
