"""A new agent: an empty folder filled, or a folder with code made one. Nothing is executed."""
