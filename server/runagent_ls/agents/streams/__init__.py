"""Streams over WebSocket: the connection, its frames, and what they mean."""
