"""From what the user named to the plan of an agent: configuration, `.env`, interpreter."""

from runagent_ls.serve.lifecycle.planning.agent_plan import plan_of

__all__ = ["plan_of"]
