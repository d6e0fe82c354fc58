"""The voiceprint: features, encoder, comparison."""
