"""The office side of messages: desks, canned texts, the inbox, requests."""
