"""RunAgent language server: understands agent projects, calls and serves agents."""
