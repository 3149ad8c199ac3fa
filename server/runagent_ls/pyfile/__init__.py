"""Python source read as text: symbols, signatures and places. Nothing is imported or executed."""
