"""HTTP: what is asked, over which connection, and what the answers mean."""
