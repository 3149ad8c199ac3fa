"""RA4xx: environment variables, and the files around the agent."""
