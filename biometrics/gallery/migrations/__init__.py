"""Steps that bring a gallery's tables to this version's; run when a gallery is opened."""
