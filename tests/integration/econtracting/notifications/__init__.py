"""Mail of e-Contracting."""
