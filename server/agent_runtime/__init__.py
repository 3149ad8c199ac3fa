"""Running agents: parts that know neither a platform nor an editor."""
