"""Measurements on frames and samples: face, voice, genuineness. Knows no sessions."""
