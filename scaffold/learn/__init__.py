"""Exercises and interview questions about a project, with automatic checks."""
