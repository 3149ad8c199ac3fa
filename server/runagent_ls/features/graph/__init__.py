"""Configuration, Python and client code as one: what a place means, where it is said and used."""
