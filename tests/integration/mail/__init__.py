"""Mail: asking for it, one overview a day, what comes back, what addresses prefer, and the back office."""
