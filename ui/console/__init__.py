"""The console: a browser for officers, analysts and applicants."""
