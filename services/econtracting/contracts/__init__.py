"""Making, changing and closing public contracts, reading them in bulk, and what both sides see of them."""
