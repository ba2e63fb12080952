"""Rights of persons at the department: person files, corrections, retention, the register of processing."""
