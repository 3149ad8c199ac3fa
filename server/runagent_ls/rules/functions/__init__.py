"""RA3xx: the functions that entrypoints name."""
