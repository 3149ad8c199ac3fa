"""The embedded agent server: one front process per agent, and the agent in workers of its own.

- `plan`: what is served, with which interpreter and limits.
- `state`: how the server is, and why it is not ready; `messages`: the same as JSON.
- `worker/`: runs in the agent's own interpreter; standard library only, CPython 3.9 or newer.
- `supervisor/`: starts workers, talks to them, ends them, replaces them.
- `front/`: the platform's REST and WebSocket interface, on starlette and uvicorn.
- `invocations/`: the runs that have been, in a database.
- `verification/`, `requirements/`: what entrypoints really are, and what the agent's Python lacks.
- `watching/`: which of an agent's files have changed.
- `lifecycle/`: from a project to a running server and back; who is served where.
"""
