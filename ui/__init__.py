"""Command line and console: they parse and show, nothing else."""
