"""The options of each command, one module each: only the command that is called loads its own."""
