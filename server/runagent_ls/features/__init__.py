"""What editors show on request: pure functions on a project snapshot."""
