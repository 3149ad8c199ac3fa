"""The messages of `schemas/protocol.schema.json`: results as typed dicts, parameters checked.

One module per family. A contract test holds every message the server sends against the schema.
"""
