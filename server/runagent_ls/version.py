"""Version of the language server; the extension carries the same number."""

__version__ = "0.1.0"
USER_AGENT = f"runagent-ls/{__version__}"
"""How the client names itself to the agents it calls."""
