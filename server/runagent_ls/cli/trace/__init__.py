"""The trace of an agent in steps, as text for people: on a terminal while it streams, or later.

- `events`: which pieces of output are events of the agent runtime
- `trace_text`: events in, text out
- `live_reply`: what is shown of a reply while the model writes it
- `wrapping`: lines no longer than the terminal is wide
- `words`: calls, times, tokens, memories and ends in words
"""
