"""Messages in the back office: the inbox of both offices, desks, canned texts."""
