"""Runs in the Python that has `runagent`: its loader's verdict on each configuration of stdin.

In: one JSON array `[file name, text]` a line. Out: one JSON object a line,
`{"accepted": bool, "errors": [location, ...]}`; locations only for schema errors.
"""

import importlib
import json
import sys
import tempfile
import warnings
from pathlib import Path

warnings.simplefilter("ignore")


def main() -> None:
    load = importlib.import_module("runagent.utils.agent").get_agent_config
    with tempfile.TemporaryDirectory() as parent:
        for number, line in enumerate(sys.stdin):
            name, text = json.loads(line)
            folder = Path(parent) / str(number)
            folder.mkdir()
            (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
            verdict: dict[str, object] = {"accepted": True, "errors": []}
            try:
                load(folder)
            except Exception as error:  # noqa: BLE001 - every failure is a verdict
                verdict["accepted"] = False
                if hasattr(error, "errors"):
                    verdict["errors"] = [list(item["loc"]) for item in error.errors()]
                verdict["message"] = f"{type(error).__name__}: {error}"[:300]
            print(json.dumps(verdict), flush=True)  # noqa: T201 - this is its protocol


main()
