"""Readings on their way out: one Report, and a writer for each format."""
