"""What an agent asks for, against what its Python has: nothing is installed, nothing imported.

    needed = await check_requirements(folder, interpreter)
    needed.unmet      # requirements that are missing or of another version
    needed.command    # words of one command that would install them

- `declared`: requirements.txt and pyproject.toml, read
- `installed`: asks the agent's interpreter; `environment_report.py` is what runs there
- `unmet`: compares the two, with markers and extras
- `command`: what would install them
- `modules`: which package a missing module belongs to
"""

from runagent_ls.serve.requirements.command import install_command
from runagent_ls.serve.requirements.installed import InterpreterReport, InterpreterUnusableError
from runagent_ls.serve.requirements.modules import package_of
from runagent_ls.serve.requirements.unmet import Requirements, Unmet, check_requirements

__all__ = [
    "InterpreterReport",
    "InterpreterUnusableError",
    "Requirements",
    "Unmet",
    "check_requirements",
    "install_command",
    "package_of",
]
