"""RA2xx: entrypoints, their tags and files."""
