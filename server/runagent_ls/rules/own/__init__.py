"""RA9xx: what we could not do."""
