"""The desk of the authority: reviewing, releasing, publishing, reopening and correcting documents of its contracts."""
