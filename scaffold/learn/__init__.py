"""Exercises and interview questions about a project, checked against what is in it."""
