"""e-Contracting: public contracts, rights, documents, terms and proof."""
