"""The process that an agent's functions run in, started with the agent's own interpreter.

Python puts this folder in front of `sys.path`, where it would shadow the agent's modules; it is
taken away before anything is imported, and the package is loaded under a name of its own.
"""

import os
import sys


def _load_package(folder: str) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "_runagent_worker", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["_runagent_worker"] = package
    spec.loader.exec_module(package)


def _start() -> None:
    file = os.path.abspath(__file__)
    folder = os.path.dirname(file)
    if sys.path and sys.path[0] in {folder, os.path.dirname(os.path.realpath(file))}:
        del sys.path[0]
    _load_package(folder)
    import importlib

    importlib.import_module("_runagent_worker.session").main()


if __name__ == "__main__":
    _start()
