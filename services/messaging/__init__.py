"""The one message module of both themes (C-014, CP-03): threads, drafts, sending, reading."""
