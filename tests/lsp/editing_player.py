"""A user who edits without mercy: random edits, random questions, and a check of every answer.

The same seed plays the same session. What editors do with an answer is done here as well: each
completion, action and rename is applied to the texts as they are shown.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from pathlib import Path
from typing import Any, Final

from lsprotocol import converters, types

from lsp.editor import Editor, RefusedError
from lsp.strict_edits import ENDS, applied, is_whole, path_of, plain, units

Json = dict[str, Any]

MARKERS: Final = ("{", "}", "[", "]", '"', "'", ",", ":", "\\", "#", "- ", "&a ", "*a", "|", "${")
GARBAGE: Final = (
    *MARKERS,
    *("\n", "\r\n", "\r", "\t", " ", "\x00", "\ufeff", "\u2028", "é", "\U0001f680", "\ud83d"),
    *('""', "{}", "[]", "null", "true", "NaN", "-1e999", '"\\u0000"', '"\\ud800"', "// c\n"),
    *('"tag": "greet"', '"file": "', '{"file": "main.py", "module": ', '"entrypoints": [{}]'),
    *("greet", "greet.", "_stream", "../", "/", "main.py", "def greet(:\n", "class X:\n  def "),
    *('RunAgentClient(agent_id="", entrypoint_tag="")', "`${`", "<a>", "/*", "*/", '"""'),
    "[" * 300,
    '{"a":' * 300,
    "(" * 150,
)
TOKEN: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\w+')
EDITS: Final = (
    *("restore", "restore", "token", "token", "token", "token", "type", "type", "type", "cut"),
    *("cut off", "mix"),
)
AT_PLACE: Final = (
    *("completion", "hover", "definition", "declaration", "implementation", "references"),
    *("documentHighlight", "prepareRename", "rename", "linkedEditingRange", "codeAction"),
)
OF_FILE: Final = ("documentSymbol", "documentLink", "inlayHint", "codeLens")
NAMES: Final = (
    *(f"renamed{it}" for it in range(9)),
    "renamed_stream",
    "",
    "greet",
    "a b",
    "class",
    'q"',
    "\U0001f680",
    "\x00",
)
FILE_NAMES: Final = ("moved.py", "sub/moved.py", "../moved.py", "runagent.config.json")
REFUSED: Final = -32803
CANCELLED: Final = -32800


class Player:
    """One session. `seed` decides everything; `abilities` are the client's."""

    def __init__(self, editor: Editor, files: list[Path], seed: int) -> None:
        self.editor = editor
        self.random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.paths = files
        self.originals = {path: path.read_bytes().decode() for path in files}
        self.texts: dict[Path, str] = {}
        """Texts of the open files."""
        self.versions: dict[Path, int] = {}
        self.asked: list[tuple[float, str]] = []
        """Seconds of the server's work for each request."""
        self.checked: dict[str, int] = {}
        """How many edits of each kind were applied."""
        self._converter = converters.get_converter()

    # --- editing --------------------------------------------------------------------------

    def step(self) -> None:
        """One edit or one question."""
        path = self.random.choice(self.paths)
        if self.random.random() < 0.5:
            path = self.random.choice([it for it in self.paths if it.stem == "runagent.config"])
        if path not in self.texts:
            self._open(path)
        elif self.random.random() < 0.02:
            self._close(path)
        elif self.random.random() < 0.25:
            self._show(path, self._edited(path))
        elif self.random.random() < 0.03:
            self._type_from_nothing(path)
        elif self.random.random() < 0.05:
            self._ask_in_a_hurry(path)
        else:
            self._ask(path)

    def _open(self, path: Path) -> None:
        self.texts[path] = self.originals[path]
        self.versions[path] = self.random.choice((0, 1, 7))
        document = {"uri": path.as_uri(), "languageId": "x", "version": self.versions[path]}
        text = {"text": self.texts[path]}
        self.editor.notify("textDocument/didOpen", {"textDocument": {**document, **text}})

    def _close(self, path: Path) -> None:
        del self.texts[path], self.versions[path]
        self.editor.close_document(path.as_uri())

    def _show(self, path: Path, text: str) -> None:
        self.texts[path] = text
        self.versions[path] += self.random.choice((1, 3))
        self.editor.change(path.as_uri(), text, self.versions[path])

    def _edited(self, path: Path) -> str:
        text, chance = self.texts[path], self.random
        start, end = sorted((self._offset(text), self._offset(text)))
        match chance.choice(EDITS):
            case "restore":
                return self.originals[path]
            case "token":
                tokens = [(it.span(), it[0]) for it in TOKEN.finditer(text)] or [((0, 0), "")]
                (begin, behind), token = chance.choice(tokens)
                return text[:begin] + self._token(token) + text[behind:]
            case "type":
                return text[:start] + chance.choice(GARBAGE) + text[start:]
            case "cut":
                return text[:start] + text[min(end, start + chance.choice((1, 2, 5, 500))) :]
            case "cut off":
                return text[:start]
        pasted = chance.choice(list(self.originals.values()))
        return text[:start] + pasted[: self._offset(pasted)] + text[end:]

    def _token(self, former: str) -> str:
        """Something of about the same form, so that the file may stay whole."""
        others: list[str] = TOKEN.findall(self.random.choice(list(self.originals.values())))
        quoted = [it for it in others if it[:1] == former[:1] == '"'] or others
        return self.random.choice((*quoted, *quoted, '""', "null", "{}", "[]", "7", '"\\ud83d🚀"'))

    def _offset(self, text: str) -> int:
        """Anywhere, but mostly at the edge of a word or mark, where cursors are."""
        edges = [it.start() for it in re.finditer(r"\b|(?=[\"',:{}\[\]])|$", text)]
        return self.random.choice((self.random.randint(0, len(text)), self.random.choice(edges)))

    def _type_from_nothing(self, path: Path) -> None:
        """Write a piece of the file key by key, asking for completions on the way."""
        whole = self.originals[path]
        for end in range(self.random.randint(1, 40), min(len(whole), 400), 9):
            self._show(path, whole[:end])
            self._ask_at("completion", path, end)
            self._ask_at("hover", path, end)

    # --- asking ---------------------------------------------------------------------------

    def _ask(self, path: Path) -> None:
        method = self.random.choice((*AT_PLACE, "completion", "completion", "codeAction", "other"))
        if method != "other":
            self._ask_at(method, path, self._offset(self.texts[path]))
            return
        if self.random.random() < 0.2:
            self._request(
                "workspace/symbol", {"query": self.random.choice(("", "gr", "\x00", "🚀"))}
            )
        elif self.random.random() < 0.2:
            new = (path.parent / self.random.choice(FILE_NAMES)).as_uri()
            files = {"files": [{"oldUri": path.as_uri(), "newUri": new}]}
            self._check_edit("willRename", self._request("workspace/willRenameFiles", files))
        else:
            everything = {"start": self._position(path, 0), "end": {"line": 10**6, "character": 0}}
            params = {"textDocument": {"uri": path.as_uri()}, "range": everything}
            pulls = "diagnostic" in self.editor.capabilities["textDocument"]
            method = self.random.choice((*OF_FILE, *(("diagnostic",) if pulls else ())))
            self._request(f"textDocument/{method}", params)

    def _ask_at(self, method: str, path: Path, offset: int) -> None:
        uri, place = path.as_uri(), self._position(path, offset)
        strange = self.random.random()
        if strange < 0.03:
            place = {"line": self.random.choice((0, 1, 2**31 - 1)), "character": 2**31 - 1}
        elif strange < 0.06:
            uri = self.random.choice(("untitled:Untitled-1", f"{uri}.x", "file:///nowhere/main.py"))
        params: Json = {"textDocument": {"uri": uri}, "position": place}
        if method == "codeAction":
            far = {"line": 10**6, "character": 0}
            params["range"] = {"start": place, "end": self.random.choice((place, far))}
            params["context"] = {"diagnostics": []}
            if self.random.random() < 0.3:
                params["context"]["only"] = [self.random.choice(("source.fixAll", "", "refactor"))]
        elif method == "rename":
            params["newName"] = self.random.choice(NAMES)
        elif method == "references":
            params["context"] = {"includeDeclaration": self.random.random() < 0.5}
        answer = self._request(f"textDocument/{method}", params)
        if 0.03 <= strange < 0.06 or answer is None:
            return
        if method == "completion":
            texts = [self._check_completion(path, item) for item in answer["items"]]
            if texts and self.random.random() < 0.3:
                self._show(path, self.random.choice(texts))
        elif method == "rename":
            self._check_edit("rename", answer)
        elif method == "codeAction":
            for action in answer:
                self._check_action(action)

    def _ask_in_a_hurry(self, path: Path) -> None:
        """Type on and give requests up without waiting for answers."""
        waiting = []
        for method in self.random.sample(AT_PLACE, 6):
            if method in ("rename", "codeAction"):
                continue
            place = self._position(path, self._offset(self.texts[path]))
            params: Json = {"textDocument": {"uri": path.as_uri()}, "position": place}
            if method == "references":
                params["context"] = {"includeDeclaration": True}
            waiting.append(self.editor.begin(f"textDocument/{method}", params))
            if self.random.random() < 0.4:
                self._show(path, self._edited(path))
            if self.random.random() < 0.3:
                given_up = {"id": self.random.choice(waiting)}
                self.editor.notify("$/cancelRequest", given_up)
        for request in waiting:
            try:
                self.editor.answer(request)
            except RefusedError as error:
                assert error.code in (REFUSED, CANCELLED), error

    def _request(self, method: str, params: Json) -> Any:
        before = self._work()
        try:
            answer = self.editor.request(method, params)
        except RefusedError as error:
            assert error.code == REFUSED, f"{method} {params}: {error}"
            assert "ename" in method, f"{method} {params}: {error}"
            answer = None
        self.asked.append((self._work() - before, f"{method} {params}"))
        return answer

    def _work(self) -> float:
        """Seconds of processor time of the server: what else the machine does is not its fault."""
        stat = Path(f"/proc/{self.editor.process.pid}/stat")
        if not stat.exists():
            return time.perf_counter()
        user, system = stat.read_text("ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    # --- judging --------------------------------------------------------------------------

    def _check_completion(self, path: Path, item: Json) -> str:
        """The text after the item was chosen."""
        edit, text = item["textEdit"], self.texts[path]
        new = edit["newText"]
        if item.get("insertTextFormat") == 2:
            new = plain(new)
        also = item.get("additionalTextEdits", [])
        changed = text
        for place in {json.dumps(edit.get(it)) for it in ("range", "insert", "replace")} - {"null"}:
            changed = applied(text, [{"range": json.loads(place), "newText": new}, *also])
            self._still_whole("completion", path, changed, f"{item['label']} -> {edit}")
        return changed

    def _check_action(self, action: Json) -> None:
        self._converter.structure(action, types.CodeAction)
        if "data" in action:
            action = self._request("codeAction/resolve", action)
        assert "edit" in action or "command" in action, action
        self._check_edit("action", action.get("edit"), action["title"])

    def _check_edit(self, kind: str, edit: Json | None, title: str = "") -> None:
        if edit is None:
            return
        made: dict[Path, str] = {}
        changes = [(uri, None, edits) for uri, edits in (edit.get("changes") or {}).items()]
        for operation in edit.get("documentChanges") or ():
            if operation.get("kind") == "create":
                made[path_of(operation["uri"])] = ""
                assert not path_of(operation["uri"]).exists(), operation
                continue
            document = operation["textDocument"]
            changes.append((document["uri"], document["version"], operation["edits"]))
        for uri, version, edits in changes:
            path = path_of(uri)
            assert version in (None, self.versions.get(path)), (uri, version)
            text = self.texts.get(path, made.get(path))
            text = path.read_bytes().decode() if text is None else text
            self._still_whole(kind, path, applied(text, edits), f"{title} {edits}")

    def _still_whole(self, kind: str, path: Path, changed: str, what: str) -> None:
        self.checked[kind] = self.checked.get(kind, 0) + 1
        before = self.texts.get(path, self.originals.get(path, ""))
        if is_whole(path, before):
            assert is_whole(path, changed), (
                f"{kind} {what}\n--- before\n{before}\n--- after\n{changed}"
            )

    def _position(self, path: Path, offset: int) -> Json:
        before = ENDS.split(self.texts[path][:offset])
        return {"line": len(before) - 1, "character": units(before[-1])}
