"""`textDocument/completion`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Final, TypeAlias

from runagent_ls.lsp.features.locations import Asked, asked, lines_of, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.project.discovery import is_config
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

if TYPE_CHECKING:  # loaded with the first question
    from runagent_ls.features.callables.callables import Callables
    from runagent_ls.features.completion.model import Completion, Completions, Parts

KINDS: Final = {
    "text": 1, "method": 2, "function": 3, "class": 7, "variable": 6, "module": 9, "property": 10,
    "value": 12, "snippet": 15, "file": 17, "folder": 19, "enum_member": 20,
}  # fmt: skip
_SNIPPET: Final = 2
_SPECIAL: Final = "$}\\"
_SPECIAL_IN_CHOICES: Final = "$}\\,|"
_AS_IS: Final = 1
ToRange: TypeAlias = Callable[[Span], Json]
_SUGGEST: Final = {"title": "Suggest", "command": "editor.action.triggerSuggest"}


class CompletionRequests:
    """Answers `textDocument/completion` in configurations and in client code."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._callables: Callables | None = None
        session.on_deferred("textDocument/completion", self._complete)

    def _complete(self, params: Json) -> Json | None:
        place = asked(self._session, params)
        if place is None:
            return None
        if not is_config(place.path):
            return self._complete_in_client(place)
        from runagent_ls.features.callables.callables import Callables
        from runagent_ls.features.completion.configuration import complete
        from runagent_ls.features.completion.scene import Fresh

        if self._callables is None:
            self._callables = Callables()
        fresh = Fresh(datetime.now(), str(uuid.uuid4()))
        project = self._session.workspace.project(place.path)
        found = complete(project, place.offset, self._callables, fresh)
        lines = lines_of(self._session, place.path)
        if self._session.client.is_runagent_shell and place.path.suffix == ".json":
            found = replace(found, items=tuple(with_quotes(it, lines.text) for it in found.items))
        return self._message(found, lines)

    def _complete_in_client(self, place: Asked) -> Json | None:
        from runagent_ls.features.completion_in_clients import complete_in_client

        found = complete_in_client(self._session.workspace, place.path, place.offset)
        return self._message(found, lines_of(self._session, place.path)) if found.items else None

    def _message(self, found: Completions, lines: LineIndex) -> Json:
        # Most items replace the same span.
        place = cache(partial(span_message, lines))
        items = [self._item(it, at, place) for at, it in enumerate(found.items)]
        return {"isIncomplete": not found.complete, "items": items}

    def _item(self, completion: Completion, at: int, place: ToRange) -> Json:
        client = self._session.client.completion
        text = snippet(completion.parts) if client.snippets else completion.text
        item: Json = {
            "label": completion.label,
            "kind": KINDS[completion.kind],
            # In front of what VS Code's own JSON support knows: words of other places.
            "sortText": f"!{at:04}",
            "filterText": completion.filter_text,
            "textEdit": self._edit(completion, text, place),
        }
        if client.snippets and text != completion.text:
            item["insertTextFormat"] = _SNIPPET
        if client.inserts_as_is and "\n" in text:
            item["insertTextMode"] = _AS_IS
        if completion.detail:
            item["detail"] = completion.detail
        if completion.documentation:
            item["documentation"] = self._documentation(completion)
        if completion.also:
            item["additionalTextEdits"] = [
                {"range": place(span), "newText": text} for span, text in completion.also
            ]
        if completion.preselect and client.preselects:
            item["preselect"] = True
        if completion.asks_again and self._session.client.is_runagent_shell:
            item["command"] = _SUGGEST
        return item

    def _edit(self, completion: Completion, text: str, place: ToRange) -> Json:
        whole = place(completion.replace)
        if completion.insert is None or not self._session.client.completion.inserts_or_replaces:
            return {"range": whole, "newText": text}
        insert = place(completion.insert)
        return {"insert": insert, "replace": whole, "newText": text}

    def _documentation(self, completion: Completion) -> Json:
        from runagent_ls.features.markup.rendering import markdown, plain_text

        if self._session.client.completion.markdown:
            value = markdown(completion.documentation, self._session.uris.uri)
            return {"kind": "markdown", "value": value}
        return {"kind": "plaintext", "value": plain_text(completion.documentation)}


def with_quotes(completion: Completion, text: str) -> Completion:
    """The completion of a string that includes its quotes, if it replaces all between them.

    VS Code's own JSON support completes strings like this, and what matches a quote already typed
    stands above what matches nothing.
    """
    start, end = completion.replace
    inside = 0 < start <= end and text[start - 1] == text[end : end + 1] == '"'
    if not inside or completion.asks_again:
        return completion
    return replace(
        completion,
        parts=('"', *completion.parts, '"'),
        replace=Span(start - 1, end + 1),
        filter_text=f'"{completion.filter_text}"',
        insert=None,
    )


def snippet(parts: Parts) -> str:
    """The text in the snippet syntax, with a stop at each hole; as it is without holes."""
    if all(isinstance(part, str) for part in parts):
        return "".join(str(part) for part in parts)
    written: list[str] = []
    stop = 0
    for part in parts:
        if isinstance(part, str):
            written.append(_escaped(part, _SPECIAL))
            continue
        stop += 1
        if part.choices:
            first = [part.text, *(it for it in part.choices if it != part.text)]
            choices = ",".join(_escaped(it, _SPECIAL_IN_CHOICES) for it in first)
            written.append(f"${{{stop}|{choices}|}}")
        elif part.text:
            written.append(f"${{{stop}:{_escaped(part.text, _SPECIAL)}}}")
        else:
            written.append(f"${stop}")
    return "".join(written)


def _escaped(text: str, special: str) -> str:
    return "".join(f"\\{char}" if char in special else char for char in text)
