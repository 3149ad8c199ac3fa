"""The `runagent-ls` command."""
