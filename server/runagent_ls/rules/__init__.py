"""The rules: one file each, a registry, and the engine that turns a project into findings."""
