"""Messages of contracts."""
