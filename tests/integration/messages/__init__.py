"""Messages between a facility and the department, and what both themes share."""
