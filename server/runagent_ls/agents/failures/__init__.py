"""What can be said and done about a failure, and what must not be said."""
