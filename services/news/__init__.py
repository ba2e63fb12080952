"""The newsletter: who gets it, its issues, and the releases it tells about (C-063, C-073, C-074)."""
