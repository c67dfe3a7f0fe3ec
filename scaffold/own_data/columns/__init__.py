"""Converts the text of each column to typed values and reports problems."""
