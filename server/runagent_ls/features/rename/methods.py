"""Renaming a method that entrypoints call, where reading tells every use of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, RefusedError, text_edits
from runagent_ls.features.graph.occurrences import spelling
from runagent_ls.features.rename.code import Code, refuse
from runagent_ls.features.rename.config_strings import string_replacements
from runagent_ls.features.rename.new_names import check_identifier
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Path
from runagent_ls.project.evaluation import Evaluator
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.questions import Answers, Questions
from runagent_ls.pyfile.model import Proof, Symbol
from runagent_ls.pyfile.names import read_names
from runagent_ls.pyfile.scopes import AttributeUse, Names, Scope
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class MethodName:
    """A method by the file of its class and the place of its name there."""

    home: FilePath
    name: str
    span: Span
    entry: FilePath
    """The entrypoint's file, whose folder imports are looked up from."""


def method_of(entrypoint: Entrypoint) -> MethodName | None:
    """The method that the last part of `module` names; None unless that is proved."""
    found, file = entrypoint.resolution, entrypoint.module_file
    if found is None or file is None or found.symbol is None or found.defined_in is None:
        return None
    name = (entrypoint.module or "").rpartition(".")[2]
    symbol = found.symbol
    if found.exists is not Proof.PROVEN or symbol.kind != "function" or symbol.name != name:
        return None
    return MethodName(found.defined_in, name, symbol.span, file.path)


class MethodRename:
    """Every use of one method, or what stands in the way of telling."""

    def __init__(self, snapshot: Snapshot, target: MethodName) -> None:
        self.name = target.name
        self.spans: dict[FilePath, set[Span]] = {}
        self._doubtful: dict[FilePath, set[Span]] = {}
        self._target = target
        self._problems: list[str] = []
        self._code = Code(snapshot, target.home, target.name)
        reader = RecordingReader(target.entry.parent, snapshot.files)
        self._evaluator = Evaluator(target.entry, Questions(Answers(reader)))
        self._class = self._class_symbol()
        names = read_names(self._code.text(target.home))
        self._scope = self._class_scope(names)
        if self._class is None or self._scope is None:
            self._problem(target.home, target.span, "the class of it cannot be told.")
            return
        self._heritage(self._class)
        spelt = spelling(self.name)
        for file in self._code.files:
            if snapshot.files.mentions(file, spelt):
                own = names if file == target.home else read_names(self._code.text(file))
                self._look(file, own)

    def check(self) -> None:
        refuse(self.name, self._problems)

    def change(self, new: str) -> Change:
        if new == self.name:
            return Change()
        check_identifier(new)
        self.check()
        taken = self._class
        if taken is None or new in taken.members or new in taken.instance_attributes:
            raise RefusedError(f"{taken.name if taken else 'The class'} has a {new} already.")
        projects = self._code.concerned({self._target.home, self._target.entry})
        configs = (it for project in projects for it in self._in_config(project, new))
        doubtful = self._code.doubts(self.name, self._doubtful, self.spans, new)
        edits = (*self._code.edits(self.spans, new), *configs)
        return Change(edits, doubtful=tuple(doubtful))

    def _problem(self, file: FilePath, span: Span, text: str) -> None:
        self._problems.append(f"{self._code.line(file, span.start)}: {text}")

    # --- the class ------------------------------------------------------------------------

    def _class_symbol(self) -> Symbol | None:
        source = self._code.snapshot.files.python(self._target.home)
        for symbol in source.symbols.values() if source is not None else ():
            member = symbol.members.get(self.name) if symbol.kind == "class" else None
            if member is not None and member.span == self._target.span:
                return symbol
        return None

    def _class_scope(self, names: Names | None) -> Scope | None:
        for use in names.uses if names is not None else ():
            if use.span == self._target.span and use.scope.kind == "class":
                return use.scope
        return None

    def _heritage(self, class_: Symbol) -> None:
        """Other classes may call the method, or be called in its place, by inheritance."""
        if class_.decorators or [base for base in class_.bases if base != "object"]:
            text = f"{class_.name} inherits or is decorated: who else uses it is not known."
            self._problem(self._target.home, class_.span, text)
        for file in self._code.files:
            if not self._code.snapshot.files.mentions(file, class_.name):
                continue
            names = read_names(self._code.text(file)) or Names(Scope("module", None))
            spelt = {class_.name, *(it.bound for it in names.imports if it.name == class_.name)}
            for base, span in names.bases:
                if base.rpartition(".")[2] in spelt:
                    self._problem(file, span, f"a class inherits from {base}.")

    # --- uses -----------------------------------------------------------------------------

    def _look(self, file: FilePath, names: Names | None) -> None:
        if names is None:
            self._problem(file, Span(0, 0), "this file does not parse.")
            return
        if self.name in names.unplaced:
            place = names.unplaced[self.name]
            self._problem(file, Span(place, place), "this name cannot be told apart here.")
        own = {it.span for it in names.uses if it.name == self.name and it.scope is self._scope}
        for attribute in names.attributes:
            if attribute.name != self.name:
                continue
            meant = self._meant(file, attribute, names)
            if meant is Proof.PROVEN:
                own.add(attribute.span)
            elif meant is Proof.UNKNOWN:
                shown = f"{attribute.chain or '...'}.{self.name}"
                self._problem(file, attribute.span, f"{shown} may be this method or another.")
        if own:
            self.spans[file] = own
        strings = {it.span for it in names.strings if it.value == self.name and it.span}
        if strings:
            self._doubtful[file] = strings

    def _meant(self, file: FilePath, use: AttributeUse, names: Names) -> Proof:
        """Whether the attribute is the method."""
        text = use.chain or use.callee
        if use.plain:
            return Proof.REFUTED
        if text is None:
            return Proof.UNKNOWN
        first, _, rest = text.partition(".")
        binder = use.scope.binder(first)
        if binder.first == first and not rest and binder.parent is not None and use.chain:
            # `self` and `cls`, which nobody gives another value.
            again = sum(it.binds and it.scope is binder for it in names.uses if it.name == first)
            if again == 1 and binder.parent.kind == "class":
                return Proof.PROVEN if binder.parent is self._scope else Proof.REFUTED
        if binder is not names.module:
            return Proof.UNKNOWN
        imports = [it for it in names.imports if it.bound == first and it.scope is binder]
        meant = self._code.modules.meant(text, use.scope, names, file)
        if imports and not any(self._may_lead(it.module, file) for it in imports):
            return Proof.REFUTED
        if meant.files:
            return Proof.REFUTED
        return self._evaluated(file, text, called=use.chain is None)

    def _may_lead(self, module: str, file: FilePath) -> bool:
        """Whether an import is of the workspace's own code."""
        found = self._code.modules.named(module, file)
        return bool(found.files) or module.startswith(".") or not found.certain

    def _evaluated(self, file: FilePath, text: str, *, called: bool) -> Proof:
        things = self._evaluator.chain(file, text).things
        thing = things[0] if len(things) == 1 else None
        if thing is None or thing.kind not in {"class", "instance"}:
            return Proof.UNKNOWN
        symbol, path = thing.symbol, thing.path
        if thing.kind == "instance":
            if called:
                return Proof.UNKNOWN
            symbol, path = thing.class_, thing.class_path
        same = path == self._target.home and symbol is not None and self._class is not None
        if same and symbol is not None and self._class is not None:
            return Proof.PROVEN if symbol.span == self._class.span else Proof.REFUTED
        return Proof.REFUTED

    # --- configurations -------------------------------------------------------------------

    def _in_config(self, project: AgentProject, new: str) -> tuple[TextEdit, ...]:
        texts: dict[Path, str] = {}
        for entrypoint in project.entrypoints:
            found = method_of(entrypoint)
            if found is not None and (found.home, found.span) == (
                self._target.home,
                self._target.span,
            ):
                before = (entrypoint.module or "").rpartition(".")[0]
                texts[*entrypoint.path, "module"] = f"{before}.{new}"
        if not texts:
            return ()
        edits = string_replacements(project.document, project.config_path, texts)
        return text_edits(project.config_path, project.document.text, edits)
