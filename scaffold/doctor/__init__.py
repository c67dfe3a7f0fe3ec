"""Checks a project's surroundings for anything that may break it."""
