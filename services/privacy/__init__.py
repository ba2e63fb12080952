"""Rights of persons (E-153): what is held about somebody, corrections, who looked, how long it is kept."""
