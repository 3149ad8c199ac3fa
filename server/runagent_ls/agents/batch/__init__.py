"""Many inputs through one entrypoint: read lazily, called a few at a time, written as they end."""
