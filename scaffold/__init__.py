"""Generates machine learning projects for the whole lifecycle: train, serve, monitor, retrain."""

__version__ = "0.1.0"
