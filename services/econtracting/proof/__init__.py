"""Proof of what was exchanged in a contract (part 9): the chain, its time-stamps, receipts and verification."""
