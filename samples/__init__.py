"""Interviews that ship with facesign, each with its truth. Every person in them is rendered."""

from facesign.samples.bundle import Sample, load, names

__all__ = ["Sample", "load", "names"]
