"""Turns the texts of each column into values of a type, and tells what was wrong."""
