"""The session: media, consent, questions, prompts, flags, outcome, report."""
