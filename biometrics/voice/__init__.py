"""The voice: activity, pauses, rate, pitch, loudness, quality."""
