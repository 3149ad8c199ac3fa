"""Text as bytes, code points and LSP positions. Knows nothing of JSON, Python or LSP types."""
