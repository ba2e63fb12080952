"""Back office of e-Contracting: where the contracting authority works."""
