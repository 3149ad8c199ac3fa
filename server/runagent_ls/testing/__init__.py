"""Cases of an agent: calls with fixed inputs and what is expected of their answers."""
