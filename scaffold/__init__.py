"""Starts machine learning projects that go all the way round: train, serve, watch, retrain."""

__version__ = "0.1.0"
