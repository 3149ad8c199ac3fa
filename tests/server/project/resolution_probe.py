"""Run by a plain Python: imports generated modules and tells what their names really are.

Reads `[{"folder", "file", "queries": [...]}]` from stdin, writes a list of answers per case, null
where the module does not load.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import inspect
import io
import json
import sys
import threading
from pathlib import Path
from typing import Any

KINDS = {
    "positional_only": inspect.Parameter.POSITIONAL_ONLY,
    "positional_or_keyword": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "var_positional": inspect.Parameter.VAR_POSITIONAL,
    "keyword_only": inspect.Parameter.KEYWORD_ONLY,
    "var_keyword": inspect.Parameter.VAR_KEYWORD,
}
KIND_NAMES = {value: key for key, value in KINDS.items()}


def load(folder: Path, file: str) -> Any:
    """The module, named and found as RunAgent does it."""
    path = folder / file
    sys.path[:0] = [str(path.parent), str(folder), str(folder.parent)]
    name = ".".join([*path.relative_to(folder.parent).parts[:-1], path.stem])
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def resolve(module: Any, query: str) -> Any:
    """As the server does: the first dot splits, then attribute after attribute."""
    first, _, rest = query.partition(".")
    if not hasattr(module, first):
        raise AttributeError(first)
    found = getattr(module, first)
    for part in rest.split(".") if rest else ():
        found = getattr(found, part)
    return found


def mode_of(thing: Any) -> str:
    if inspect.isasyncgenfunction(thing):
        return "async_generator"
    if inspect.iscoroutinefunction(thing):
        return "async"
    return "generator" if inspect.isgeneratorfunction(thing) else "sync"


def parameters_of(thing: Any) -> list[list[str]] | None:
    try:
        signature = inspect.signature(thing)
    except (ValueError, TypeError):
        return None
    return [[p.name, KIND_NAMES[p.kind]] for p in signature.parameters.values()]


def call(thing: Any) -> Any:
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.default is not inspect.Parameter.empty:
            continue
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            keywords[parameter.name] = None
        elif parameter.kind in {KINDS["positional_only"], KINDS["positional_or_keyword"]}:
            arguments.append(None)
    return thing(*arguments, **keywords)


def called(thing: Any, mode: str) -> dict[str, Any]:
    """What the server would have in its hands after the call."""
    if mode in {"generator", "async_generator"}:
        return {"streams": True, "gives_generator": True, "gives_coroutine": False}
    result = call(thing)
    if mode == "async":
        result = asyncio.run(result)
    answer = {
        "streams": hasattr(type(result), "__iter__") and not isinstance(result, (str, bytes, dict)),
        "gives_generator": inspect.isgenerator(result) or inspect.isasyncgen(result),
        "gives_coroutine": inspect.iscoroutine(result),
    }
    if inspect.iscoroutine(result):
        result.close()
    return answer


def describe(module: Any, query: str) -> dict[str, Any]:
    try:
        thing = resolve(module, query)
    except Exception:  # noqa: BLE001 - a property may raise anything
        return {"exists": False}
    answer: dict[str, Any] = {"exists": True, "callable": callable(thing)}
    if callable(thing):
        answer["parameters"] = parameters_of(thing)
        with contextlib.suppress(Exception):
            answer.update(called(thing, mode_of(thing)))
    return answer


def probe(case: dict[str, Any]) -> list[dict[str, Any]] | None:
    before_path, before_modules = list(sys.path), set(sys.modules)
    try:
        module = load(Path(case["folder"]), case["file"])
        return [describe(module, query) for query in case["queries"]]
    except Exception:  # noqa: BLE001 - a generated module may raise anything
        return None
    finally:
        sys.path[:] = before_path
        for name in set(sys.modules) - before_modules:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(case["folder"]):
                del sys.modules[name]


def main() -> None:
    cases = json.load(sys.stdin)
    sys.dont_write_bytecode = True
    threading.stack_size(64 * 1024 * 1024)
    with contextlib.redirect_stdout(io.StringIO()):
        answers = [probe(case) for case in cases]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
