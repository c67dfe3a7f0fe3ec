"""What surrounds a project, and may break it."""
