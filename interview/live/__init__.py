"""A live interview: stages, tokens, and the worker process that analyzes it."""
