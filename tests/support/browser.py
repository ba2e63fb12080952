"""Fixtures: the running program and a real browser on it (pytest -m browser). Nothing here is a test."""
