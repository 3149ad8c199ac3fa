"""Questions about a whole file."""

from __future__ import annotations

from runagent_ls.pyfile.facts import relative_imports, usage
from runagent_ls.pyfile.parsing import parse_python


def test_relative_imports_have_their_places_after_an_edit() -> None:
    text = "import a\nx = 1\ndef f():\n    from .b import c\nfrom . import d\nfrom e import g\n"
    file = parse_python("# first\n" + text, parse_python(text))
    found = [file.text[span.start : span.end] for span in relative_imports(file)]
    assert found == ["from .b import c", "from . import d"]


def test_absolute_imports_and_texts_are_none() -> None:
    assert relative_imports(parse_python("from a import b\nx = 'from .a import b'\n")) == ()


def test_usage_knows_what_is_set_and_what_is_handed_on() -> None:
    found = usage(
        parse_python(
            "app = A()\nother = app\napp.run()\ndef f(x: Note):\n    x.hook = 1\n    del x.gone\n"
            "class B(Base): pass\nisinstance(app2, Kind)\n"
        )
    )
    assert found.stored == {"hook", "gone"}
    assert "app" in found.escaping
    assert found.escaping.isdisjoint({"A", "f", "Base", "Note", "Kind"})
    assert not found.any_attribute
    assert usage(parse_python("setattr(app, name, 1)\n")).any_attribute
