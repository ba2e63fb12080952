"""The newsletter in the back office: issues, releases, and who subscribed."""
