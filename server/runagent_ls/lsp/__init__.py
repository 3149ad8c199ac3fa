"""The language server. The only package that knows pygls.

`server.main` is the door. Modules that run before the `initialize` answer (`server`, `stdio`,
`client`, `capabilities`, `jsonrpc`) import nothing but the standard library: loading pygls takes
most of a cold start, and the client need not wait for it.
"""
