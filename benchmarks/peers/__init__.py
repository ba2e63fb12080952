"""The peers: programs that give the same pages from the same tables in other ways."""
