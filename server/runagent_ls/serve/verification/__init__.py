"""Imports an agent in its own Python and says what its entrypoints really are.

    verification = await verify(plan)                  # a short-lived worker; limits inside
    project = observed(project, verification)          # pure
    findings = runagent_ls.rules.engine.check(project) # with the findings of the runtime

`observed` also takes what is known of an agent that is served or did not start:

    Verification(interpreter, reports=status.entrypoints, failure=status.failure)

The observation speaks of the entrypoints as they stand in `project` when `observed` is called. To
show it while the user types, keep `observation_of(project, verification)` and put it into later
readings with `dataclasses.replace(later, observation=kept)`: what was edited since is then no
longer spoken of.
Findings stand at the entrypoint in the configuration and at the line in the Python file.
"""

from runagent_ls.serve.verification.observing import observation_of, observed
from runagent_ls.serve.verification.verification import Verification
from runagent_ls.serve.verification.verifying import verify

__all__ = ["Verification", "observation_of", "observed", "verify"]
