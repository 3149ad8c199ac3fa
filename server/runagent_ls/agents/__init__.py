"""Calling agents: targets, REST, WebSocket, values, errors."""
