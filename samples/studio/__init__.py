"""The renderer that makes the bundled interviews from a face rig (extra `studio`)."""
