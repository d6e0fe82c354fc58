"""Monitoring points over observations, patterns in time, and their fusion."""
