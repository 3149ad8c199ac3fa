"""What code has to call, and the tags that an entrypoint for it may get."""
