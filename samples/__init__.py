"""Interviews that ship with facesign, each with its truth. Every person in them is rendered."""
