"""Keys and JSONPaths of an extractor, from what the function gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from runagent_ls.features.callables.callables import Named
from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import Completions, Hole
from runagent_ls.features.completion.scene import Scene
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.annotations.signatures import signature_schemas
from runagent_ls.pyfile.quiet import parsed
from runagent_ls.pyfile.walking import children
from runagent_ls.schema.wording import in_words

_PLAIN: Final = re.compile(r"[A-Za-z_]\w*")
_DEEPEST: Final = 3
_MOST: Final = 100
_WHOLE: Final = "$"


def extractor_keys(scene: Scene) -> Completions:
    """An output for each property of the result."""
    found: dict[str, tuple[str, str]] = {}
    for path, said in result_paths(scene).items():
        name = _name_of(path)
        if not scene.has_key(name):
            found.setdefault(name, (path, said))
    items = (
        scene.editor.key(name, Hole(path), About("property", said))
        for name, (path, said) in found.items()
    )
    return Completions(tuple(items))


def extractor_paths(scene: Scene) -> Completions:
    """JSONPaths into the result, the one that is named like the key first."""
    key = str(scene.place.path[-1])
    found = result_paths(scene)
    ordered = sorted(found, key=lambda path: _name_of(path) != key)
    return Completions(tuple(scene.editor.value(it, About("value", found[it])) for it in ordered))


def _name_of(path: str) -> str:
    """`$.answer.text[0]` is called `text`; the whole result `result`."""
    names = re.findall(r"[^\W\d]\w*", path)
    return names[-1] if names else "result"


def result_paths(scene: Scene) -> Mapping[str, str]:
    """JSONPath to what stands there, in words; also the whole result when its shape is known."""
    module, file = scene.entry.get("module"), scene.entry.get("file")
    if not isinstance(module, str) or not isinstance(file, str):
        return {}
    named = scene.callable_named(file, module)
    if named is None:
        return {}
    schema = _output(scene, named)
    definitions = schema.get("$defs")
    known = definitions if isinstance(definitions, dict) else {}
    found = dict(_paths(schema, _WHOLE, known, _DEEPEST))
    if len(found) < 2:  # annotated as `dict`, or not at all
        for key in _returned_keys(scene, named):
            found.setdefault(_step(_WHOLE, key), "returned by the function")
    return dict(list(found.items())[:_MOST])


def _output(scene: Scene, named: Named) -> dict[str, JsonValue]:
    signature, place = named.resolution.signature, named.resolution.defined_in
    if signature is None or place is None:
        return {}
    streams = str(scene.entry.get("tag", "")).endswith("_stream")
    reader = scene.callables.reader(named.file, scene.project.root, scene.files)
    found = signature_schemas(signature, place, named.file, reader, streams=streams)
    return found.output


def _paths(
    schema: JsonValue, path: str, known: Mapping[str, JsonValue], depth: int
) -> Iterator[tuple[str, str]]:
    """Each place below a schema that has one."""
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        schema = known.get(reference.rpartition("/")[2])
        if not isinstance(schema, dict):
            return
    if path != _WHOLE:
        yield path, in_words(schema, dict(known))
    if depth == 0:
        return
    properties = schema.get("properties")
    for key, inner in properties.items() if isinstance(properties, dict) else ():
        yield from _paths(inner, _step(path, key), known, depth - 1)
    if schema.get("type") == "array":
        yield from _paths(schema.get("items"), f"{path}[0]", known, depth - 1)
    for option in _options(schema):
        yield from _paths(option, path, known, depth - 1)


def _options(schema: Mapping[str, JsonValue]) -> Iterator[JsonValue]:
    options = schema.get("anyOf")
    yield from options if isinstance(options, list) else ()


def _step(path: str, key: str) -> str:
    """A step that jsonpath-ng reads; names that are no plain words stand in quotes."""
    if _PLAIN.fullmatch(key):
        return f"{path}.{key}"
    return f"{path}['{key}']" if "'" not in key and "\\" not in key else f"{path}.*"


def _returned_keys(scene: Scene, named: Named) -> list[str]:
    """The keys of dicts that are written behind `return` or `yield`."""
    symbol, place = named.resolution.symbol, named.resolution.defined_in
    source = scene.files.python(place) if place is not None else None
    if symbol is None or source is None or symbol.kind != "function":
        return []
    text = source.text[symbol.full_span.start : symbol.full_span.end]
    tree = parsed(text)
    if tree is None:
        return []
    found: dict[str, None] = {}
    for value in _results(tree):
        for key in value.keys if isinstance(value, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value] = None
    return list(found)


def _results(tree: ast.Module) -> Iterator[ast.expr | None]:
    """What the outermost functions return or yield; not what functions inside of them do."""
    waiting = [it for top in children(tree) for it in children(top)]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Return | ast.Yield):
            yield node.value
        waiting[:0] = children(node)
