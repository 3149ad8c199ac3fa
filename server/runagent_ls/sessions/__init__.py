"""Sessions that agents keep in their folders, read as the agent runtime wrote them.

An agent that keeps them in `.runagent/runtime/` (a `FileStore`) or in `.runagent/runtime.sqlite` (a
`SqliteStore`) has them shown. Nothing of the agent is executed.

- `kept`: which sessions an agent has, one of them, its events, its end
- `history`: what a session had in mind after a step, and its steps
- `mind`: what a session has in mind, within what memory holds
- `memory`: what the agent remembers beyond its sessions, within what memory holds
- `fields`: what stands in events and records, read without trust
- `sizes`: how much memory things take
"""
