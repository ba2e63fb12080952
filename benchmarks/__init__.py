"""Measuring the portal beside peers that do the same work with less: see README.md."""
