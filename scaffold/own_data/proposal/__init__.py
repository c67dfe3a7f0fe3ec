"""Proposes a project for the columns: what to predict, from what, and how to judge it."""
