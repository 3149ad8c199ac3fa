"""Writing cases: what a person wrote in the file stays as it is where nothing changes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.edits import apply, insert_property, remove, set_value
from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.testing.places import CasePlace, cases_folder


class CaseWriteError(Exception):
    """Why a case could not be written, in a sentence for people."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is to stand in a case. `expect` None leaves what the file expects already."""

    args: Sequence[JsonValue] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)
    user_id: str | None = None
    persistent_memory: bool = False
    expect: Mapping[str, JsonValue] | None = None


def text_of(case: NewCase, before: str | None = None) -> str:
    """The text of the file, in place of the text `before`."""
    fields = _fields(case)
    document = None if before is None else parse_json(before)
    is_broken = document is None or any(it.breaks_loader for it in document.problems)
    if document is None or is_broken or not isinstance(document.value, dict):
        return _written({name: value for name, value in fields.items() if value is not None})
    if not isinstance(document.value.get("kwargs"), dict) or "inputs" in document.value:
        named, other = "inputs", "kwargs"
    else:
        named, other = "kwargs", "inputs"
    wanted = {named: fields.pop("inputs"), other: None, **fields}
    if case.expect is None:
        del wanted["expect"]
    text = document.text
    for name, value in wanted.items():
        text = _with_field(text, name, value)
    return text


def write_case(place: CasePlace, case: NewCase, *, overwrite: bool) -> bool:
    """Write the whole file or none; False when it is there and may not be overwritten.

    Raises CaseWriteError.
    """
    path = place.path
    try:
        _stay_inside(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not overwrite:
            return _write_new(path, text_of(case))
        before = path.read_bytes().decode("utf-8") if path.is_file() else None
        _replace(path, text_of(case, before))
    except UnicodeDecodeError:
        _replace_or_say(path, text_of(case))
    except (OSError, ValueError, RuntimeError) as error:  # the last for links that are a circle
        raise _not_written(path, error) from error
    return True


def _fields(case: NewCase) -> dict[str, JsonValue]:
    """The fields in the order in which people read them; None for those that are left out."""
    return {
        "inputs": dict(case.kwargs),
        "args": list(case.args) or None,
        "userId": case.user_id,
        "persistentMemory": case.persistent_memory or None,
        "expect": None if case.expect is None else dict(case.expect),
    }


def _with_field(text: str, name: str, value: JsonValue) -> str:
    document = parse_json(text)
    fields = document.value if isinstance(document.value, dict) else {}
    if value is None:
        made = remove(document, (name,)) if name in fields else ()
    elif name in fields:
        made = set_value(document, (name,), value)
    else:
        made = insert_property(document, (), name, value, _before(name, fields))
    if made is None:  # not provable in this text: written anew, nothing of it is lost
        changed = {**fields, name: value}
        return _written({key: it for key, it in changed.items() if it is not None})
    return apply(text, made)


def _before(name: str, fields: Mapping[str, JsonValue]) -> str | None:
    """The last of the fields that people read before this one."""
    order = ["$schema", "description", "inputs", "kwargs", "args", "userId", "persistentMemory"]
    earlier = order[: order.index(name)] if name in order else []
    return next((it for it in reversed(earlier) if it in fields), None)


def _written(fields: Mapping[str, JsonValue]) -> str:
    try:
        text = json.dumps(fields, indent=2, ensure_ascii=False)
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(fields, indent=2)
    return f"{text}\n"


def _stay_inside(place: CasePlace) -> None:
    """A link in the repository must not lead what is written to another place."""
    root = place.config_path.parent.resolve()
    if not place.path.parent.resolve().is_relative_to(root):
        folder = cases_folder(place.config_path)
        raise CaseWriteError(f"{folder} leads out of the agent's folder, so nothing is written.")
    if place.path.is_symlink():  # what stands at its end would be copied to here
        raise CaseWriteError(f"{place.path} is a link, so nothing is written.")


def _write_new(path: FilePath, text: str) -> bool:
    try:
        out = path.open("xb")
    except FileExistsError:
        return False
    with out:
        out.write(text.encode("utf-8"))
    return True


def _replace(path: FilePath, text: str) -> None:
    # A name that is never taken, by another save or by a link of the repository, nor too long.
    unfinished = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with unfinished.open("xb") as out:
            out.write(text.encode("utf-8"))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _replace_or_say(path: FilePath, text: str) -> None:
    try:
        _replace(path, text)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: FilePath, error: Exception) -> CaseWriteError:
    said = error.strerror if isinstance(error, OSError) else None
    return CaseWriteError(f"{path} cannot be written: {said or error}.")
