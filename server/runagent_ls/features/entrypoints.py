"""What a form needs to ask for the inputs of an entrypoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.model import AgentProject, Entrypoint, EntrypointKind
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.pyfile.model import Parameter, Signature
from runagent_ls.pyfile.signature_schema import (
    MISSING,
    Missing,
    literal_default,
    signature_text,
)

if TYPE_CHECKING:
    from runagent_ls.project.annotations.signatures import SignatureSchemas

Schema = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A parameter as a form shows it. `default_value` is MISSING unless JSON can hold it."""

    parameter: Parameter
    required: bool
    default_value: JsonValue | Missing
    schema: Schema


@dataclass(frozen=True, slots=True)
class EntrypointInfo:
    """`signature` is Python source, None when parsing cannot tell it."""

    tag: str
    kind: EntrypointKind
    streams: bool
    signature: str | None
    documentation: str | None
    parameters: tuple[ParameterInfo, ...]
    input_schema: Schema
    signature_certain: bool
    """False when a decorator may change the parameters: they are then what the source says."""
    filled_in: tuple[str, ...] = ()
    """Names that `functools.partial` has given a value and a call may give another."""
    returns: str | None = None
    """The return annotation as written."""
    output_schema: Schema = field(default_factory=dict)
    """What a call gives, of a stream each chunk; empty when nothing is known."""


def signature_of(entrypoint: Entrypoint) -> str | None:
    """The signature as Python source, None when parsing cannot tell it. Cheap: follows no types and
    looks for no places."""
    symbol = entrypoint.verdict.settled.symbol if entrypoint.verdict else None
    if symbol is None or symbol.signature is None:
        return None
    return symbol.name + signature_text(symbol.signature)


def describe(
    entrypoint: Entrypoint, project: AgentProject, reader: RecordingReader | None = None
) -> EntrypointInfo:
    """Everything known about an entrypoint's inputs and output without running it.

    Annotations are followed through the files of the project; reads those that are needed, by
    `reader` if one is given, which can then tell whether the answer still holds.
    """
    resolution = entrypoint.resolution
    symbol = resolution.symbol if resolution else None
    signature = symbol.signature if symbol else None
    schemas = _schemas(entrypoint, project, signature, reader)
    return EntrypointInfo(
        tag=entrypoint.tag or "",
        kind=entrypoint.kind,
        streams=entrypoint.is_stream,
        signature=signature_of(entrypoint),
        documentation=symbol.docstring if symbol else None,
        parameters=_parameters(signature, schemas) if signature else (),
        input_schema=schemas.inputs,
        signature_certain=resolution is not None and resolution.signature_certain,
        filled_in=symbol.bound.keywords if symbol and symbol.bound else (),
        returns=signature.returns if signature else None,
        output_schema=schemas.output if not _extracts(entrypoint) else {},
    )


def _schemas(
    entrypoint: Entrypoint,
    project: AgentProject,
    signature: Signature | None,
    reader: RecordingReader | None,
) -> SignatureSchemas:
    # With the first one: following annotations takes many modules, and edits ask for none.
    from runagent_ls.project.annotations.signatures import SignatureSchemas, signature_schemas

    resolution, file = entrypoint.resolution, entrypoint.module_file
    if signature is None or resolution is None or file is None or project.files is None:
        return SignatureSchemas({"type": "object"})
    return signature_schemas(
        signature,
        resolution.defined_in or file.path,
        file.path,
        reader or RecordingReader(project.root, project.files),
        streams=entrypoint.is_stream,
    )


def _extracts(entrypoint: Entrypoint) -> bool:
    """Whether an extractor makes another value of what the function gives."""
    value = entrypoint.value
    return isinstance(value, dict) and bool(value.get("extractor"))


def _parameters(signature: Signature, schemas: SignatureSchemas) -> tuple[ParameterInfo, ...]:
    return tuple(
        ParameterInfo(
            parameter=parameter,
            required=parameter.default is None and not parameter.kind.startswith("var_"),
            default_value=(
                literal_default(parameter.default) if parameter.default is not None else MISSING
            ),
            schema=schemas.parameters.get(parameter.name, {}),
        )
        for parameter in signature.parameters
    )


def not_found(project: AgentProject, tag: str) -> str:
    """One sentence for a tag that the configuration does not have."""
    known = [item.tag for item in project.entrypoints if item.tag]
    tags = f"its tags are {', '.join(known[:20])}" if known else "it has no tags"
    if project.config_error is not None:
        tags = f"it {project.config_error}"
    return f"{project.config_path} has no entrypoint with the tag {tag!r}: {tags}."
