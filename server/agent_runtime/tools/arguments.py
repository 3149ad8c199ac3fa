"""What a model gives a tool, made what the function takes."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agent_runtime.json_value import JsonValue
from agent_runtime.tools.errors import text_of
from agent_runtime.tools.parameter import Parameter
from agent_runtime.tools.signature import Signature
from agent_runtime.tools.validation import expected, problems, validator_of

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


class MisfitError(Exception):
    """The arguments do not fit. The message names each fault, and what is expected instead."""


class ArgumentReader:
    """Checks arguments against the schema and decodes them, for one tool."""

    def __init__(self, signature: Signature, tool: str) -> None:
        self._signature = signature
        self._tool = tool

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return validator_of(self._signature.checked)

    def read(self, arguments: Mapping[str, JsonValue]) -> dict[str, Any]:
        """By name, each as its annotation says, in a copy of its own. MisfitError."""
        try:
            found = problems(self._validator, arguments)
            if found:
                raise self._misfit(found)
            # they are kept in traces, too: what the tool does to its own must not show there
            decoded, found = self._decoded(copy.deepcopy(arguments))
        except RecursionError:
            found = ["What is given is nested too deeply."]
        if found:
            raise self._misfit(found)
        return decoded

    def _decoded(self, arguments: Mapping[str, JsonValue]) -> tuple[dict[str, Any], list[str]]:
        decoded: dict[str, Any] = {}
        found: list[str] = []
        for name, value in arguments.items():
            parameter = self._signature.parameters.get(name) or self._signature.extra
            if parameter is None:  # the schema has refused it already
                continue
            try:
                decoded[name] = parameter.decode(value)
            except Exception as error:  # noqa: BLE001 - the types run code of their own
                found.append(_misfit_of(name, parameter, error))
        return decoded, found

    def _misfit(self, found: list[str]) -> MisfitError:
        return MisfitError(
            f"{' '.join(found)} {self._tool} takes {expected(self._signature.schema)}."
        )


def _misfit_of(name: str, parameter: Parameter, error: Exception) -> str:
    form = parameter.schema.get("format")
    wanted = f" (as {form})" if isinstance(form, str) else ""
    # of a faulty Decimal there is nothing to read but a class
    why = "" if isinstance(error, ArithmeticError) else f": {text_of(error)[:300]}"
    return f"{json.dumps(name, ensure_ascii=False)} does not fit{wanted}{why}."
