"""Recordings: pictures and sound of a file on one clock."""
