"""What is heard: voices, what is said and when, room and line."""
