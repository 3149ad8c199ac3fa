"""Version of the language server; the extension carries the same number."""

__version__ = "0.1.0"
