"""The archive: sessions, verdicts, views and users in one database; no media."""
