"""Registered weights and the sessions that run them. Knows tensors, not people."""
