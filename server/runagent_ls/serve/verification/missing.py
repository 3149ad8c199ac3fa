"""Which command would install the modules that an agent's imports did not find."""

from __future__ import annotations

from collections.abc import Mapping

from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.requirements import Requirements, check_requirements, package_of
from runagent_ls.serve.requirements.command import with_installer
from runagent_ls.serve.requirements.installed import InterpreterUnusableError, ask
from runagent_ls.serve.verification.observing import missing_module
from runagent_ls.serve.verification.verification import Verification


async def install_commands(
    verification: Verification, plan: AgentPlan
) -> Mapping[str, tuple[str, ...]]:
    """The command for each module that is missing. Those that no package is known for, and those
    that the agent's own folder has, are left out."""
    missing = _missing(verification)
    if not missing:
        return {}
    try:
        asked = await check_requirements(plan.folder, plan.interpreter)
        report = await ask(plan.interpreter, ())
    except InterpreterUnusableError:
        return {}
    found = {}
    for module in missing:
        command = _of_requirements(module, asked)
        package = package_of(module)
        # A package that is there and lacks a part is not helped by installing it again.
        if command is None and package is not None and "." not in module:
            command = with_installer(plan.interpreter, report, [package])[0]
        if command is not None:
            found[module] = command
    return found


def _of_requirements(module: str, asked: Requirements) -> tuple[str, ...] | None:
    """The command for what the agent asks for, when that has the module."""
    names = [it.name for it in asked.unmet]
    return asked.command if package_of(module, names) in names else None


def _missing(verification: Verification) -> list[str]:
    failures = (*(report.failure for report in verification.reports), verification.failure)
    modules = (missing_module(failure) for failure in failures if failure is not None)
    return list(dict.fromkeys(module for module in modules if module is not None))
