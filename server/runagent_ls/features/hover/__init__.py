"""What stands under the mouse: the meaning of fields, entrypoints and calls."""
