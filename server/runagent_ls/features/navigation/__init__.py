"""From a name in one file to what it means and to all its uses, in any language."""
