"""The pages of a contractor: contracts, documents, rights and what follows from them (/econtracting)."""
