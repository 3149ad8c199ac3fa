"""Runs in the agent's interpreter: tells what it is and which of the asked packages it has.

Standard library only, CPython 3.9. Standard input: a JSON list of package names. Standard output:
one JSON object, after a line of its own, because a start-up hook may print as well.
"""

from __future__ import annotations

import os
import sys

# Both are there since Python started. What follows must not be looked for beside this file.
_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 pathlib imports more
sys.path[:] = [folder for folder in sys.path if folder != _HERE]

import json  # noqa: E402
import platform  # noqa: E402
import sysconfig  # noqa: E402
from importlib import metadata, util  # noqa: E402
from pathlib import Path  # noqa: E402

MARK = "runagent-ls environment:"


def markers() -> dict[str, str]:
    """The variables of PEP 508."""
    info = sys.implementation.version
    version = ".".join(map(str, info[:3]))
    if info.releaselevel != "final":
        version += info.releaselevel[0] + str(info.serial)
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": version,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "platform_python_implementation": platform.python_implementation(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def package(name: str) -> dict[str, object] | None:
    """Version and requirements of an installed package, None when it is not there."""
    try:
        found = metadata.distribution(name)
        version = found.version
    except Exception:  # noqa: BLE001 broken metadata raise whatever comes up
        return None
    return {"version": version, "requires": found.requires or []}


def managed_by_system() -> bool:
    """Whether pip refuses to install here."""
    if sys.prefix != sys.base_prefix:
        return False
    return Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists()


def main() -> None:
    names = json.load(sys.stdin)
    report = {
        "markers": markers(),
        "packages": {name: package(name) for name in names},
        "pip": util.find_spec("pip") is not None,
        "managed": managed_by_system(),
    }
    sys.stdout.write("\n" + MARK + json.dumps(report) + "\n")


main()
