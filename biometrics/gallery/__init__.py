"""The gallery of voiceprints: storage, protection, search."""
