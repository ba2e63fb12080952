"""The whole file of a contract as one ZIP for either party, and what happens after the retention term (A-43)."""
