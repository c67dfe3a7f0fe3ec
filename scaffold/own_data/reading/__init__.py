"""Reads a file into a table of text cells; the format is detected from its contents."""
