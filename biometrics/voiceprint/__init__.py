"""Whose voice it is: embeddings, comparison, calibration."""
