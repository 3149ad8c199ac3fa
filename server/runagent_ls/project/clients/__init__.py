"""Code that calls agents: constructors of the SDKs' clients in Python, TypeScript, JavaScript."""
