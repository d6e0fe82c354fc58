"""The evidence record: what was received and decided, hash-chained and encrypted."""
