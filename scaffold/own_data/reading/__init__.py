"""Reads a file into a table of texts, by what it contains."""
