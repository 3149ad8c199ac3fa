"""Every report format on findings made by hand: goldens, escapes, places."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.cli.reports import github, json_report, junit, sarif, text
from runagent_ls.cli.reports.excerpt import excerpt
from runagent_ls.cli.reports.report import CheckedFile, Report
from runagent_ls.cli.terminal import Painter
from runagent_ls.rules.finding import Finding, Fix, Related, Severity, TextEdit
from runagent_ls.rules.registry import all_rules
from runagent_ls.text.paths import shown_path
from runagent_ls.text.position import Position, Range

BASE = Path(os.sep) / "work tree"
CONFIG = BASE / "agent" / "runagent.config.json"
MODULE = BASE / "agent" / "main.py"
CONFIG_TEXT = '{\n\t"tag": "\U0001f989\u6f22", "module": "gret"\n}\n'
MODULE_TEXT = "def greet(name):\n    return name\n"


def at(line: int, start: int, end: int) -> Range:
    return Range(Position(line, start), Position(line, end))


def finding(
    message: str = "wrong",
    severity: Severity = "error",
    *,
    code: str = "RA301",
    file: Path = CONFIG,
    place: Range | None = None,
    related: tuple[Related, ...] = (),
    fix: Fix | None = None,
) -> Finding:
    return Finding(code, "some-slug", severity, message, file, place or at(1, 25, 31), related, fix)


RENAME = Fix("Use `greet`", (TextEdit(CONFIG, at(1, 26, 30), "greet"),))
TYPO = finding(
    "`gret` is not defined in main.py. Did you mean `greet`?",
    related=(Related(MODULE, at(0, 4, 9), "`greet` is defined here"),),
    fix=RENAME,
)
REMARK = finding("never called", "information", code="RA310", file=MODULE, place=at(0, 4, 9))


def report(*files: CheckedFile, fixed: int = 0) -> Report:
    return Report(files, 1, BASE, fixed)


BOTH = report(
    CheckedFile(CONFIG, CONFIG_TEXT, (TYPO,)), CheckedFile(MODULE, MODULE_TEXT, (REMARK,))
)
CLEAN = report(CheckedFile(CONFIG, CONFIG_TEXT, ()))


def plain(what: Report) -> str:
    return text.render(what, Painter(False), "utf-8")


def test_text() -> None:
    assert plain(BOTH) == (
        "error[RA301]: `gret` is not defined in main.py. Did you mean `greet`?\n"
        " --> agent/runagent.config.json:2:25\n"
        "  |\n"
        '2 |     "tag": "\U0001f989\u6f22", "module": "gret"\n'
        "  |                              ^^^^^^\n"
        "  |\n"
        "  = note: `greet` is defined here (agent/main.py:1)\n"
        "  = fix: Use `greet` (apply with --fix)\n"
        "\n"
        "information[RA310]: never called\n"
        " --> agent/main.py:1:5\n"
        "  |\n"
        "1 | def greet(name):\n"
        "  |     ^^^^^\n"
        "\n"
        "Found 1 error, 1 remark in 1 project. 1 fixable with --fix."
        " `runagent-ls rule CODE` explains each of them.\n"
    )


def test_text_without_findings() -> None:
    assert plain(CLEAN) == "No problems in 1 project.\n"
    assert plain(report(fixed=2)) == "Fixed 2 problems. No problems in 1 project.\n"


def test_text_with_colours_has_the_same_words() -> None:
    import re

    coloured = text.render(BOTH, Painter(True), "utf-8")
    assert "\x1b[1;31m^^^^^^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain(BOTH)


def test_text_cannot_be_steered_by_what_it_quotes() -> None:
    hostile = '{"tag": "\x1b]0;owned\x07"}'
    file = CheckedFile(CONFIG, hostile, (finding("tag \x1b[2J\nnext", place=at(0, 8, 20)),))
    shown = plain(report(file))
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert r"tag \x1b[2J next" in shown


def test_text_of_a_file_that_cannot_be_read() -> None:
    shown = plain(report(CheckedFile(CONFIG, "", (finding("is a folder", place=at(0, 0, 0)),))))
    assert shown.startswith(
        "error[RA301]: is a folder\n --> agent/runagent.config.json:1:1\n\nFound 1 error"
    )


@pytest.mark.parametrize(
    ("line", "place", "encoding"),
    [
        ("abc def", at(0, 4, 7), "utf-8"),
        ("\tabc\tdef", at(0, 5, 8), "utf-8"),
        ("\u6f22\u5b57 def", at(0, 3, 6), "utf-8"),
        ("\U0001f989 def", at(0, 3, 6), "utf-8"),
        ("e\u0301 def", at(0, 3, 6), "utf-8"),
        ("\u6f22 def", at(0, 2, 5), "ascii"),
        ("\x1b[0m def", at(0, 5, 8), "utf-8"),
        ("x" * 5000 + " def " + "y" * 5000, at(0, 5001, 5004), "utf-8"),
        ("\u6f22" * 500 + " def" + "y" * 500, at(0, 501, 504), "utf-8"),
        ("x" * 95 + " def", at(0, 96, 99), "utf-8"),
    ],
)
def test_carets_stand_under_the_place(line: str, place: Range, encoding: str) -> None:
    shown = excerpt(CheckedFile(CONFIG, line, ()), place, encoding)
    assert shown is not None
    columns = []
    for char in shown.text:
        width = 2 if char in "\u6f22\u5b57\U0001f989" else 0 if char == "\u0301" else 1
        columns += [char] * width
    assert "".join(columns[shown.indent : shown.indent + shown.width]) == "def"
    assert len(columns) <= 110
    shown.text.encode(encoding)


@pytest.mark.parametrize(
    ("content", "place", "width"),
    [
        ("abc", at(0, 3, 3), 1),
        ("abc", at(0, 3, 9), 1),
        ("abc", at(9, 0, 4), 1),
        ("abc\ndef", Range(Position(0, 1), Position(1, 2)), 2),
        ("a" * 300, at(0, 0, 300), 100),
        ("abc\r\ndef", at(0, 1, 3), 2),
    ],
)
def test_excerpt_at_the_edges(content: str, place: Range, width: int) -> None:
    shown = excerpt(CheckedFile(CONFIG, content, ()), place, "utf-8")
    assert shown is not None
    assert shown.width == width
    assert "\r" not in shown.text


def test_json() -> None:
    assert json.loads(json_report.render(BOTH)) == {
        "files": [
            {
                "path": "agent/runagent.config.json",
                "diagnostics": [
                    {
                        "code": "RA301",
                        "severity": "error",
                        "message": TYPO.message,
                        "range": {
                            "start": {"line": 1, "character": 25},
                            "end": {"line": 1, "character": 31},
                        },
                        "source": "runagent",
                        "fix": {
                            "title": "Use `greet`",
                            "safe": True,
                            "edits": [
                                {
                                    "path": "agent/runagent.config.json",
                                    "range": {
                                        "start": {"line": 1, "character": 26},
                                        "end": {"line": 1, "character": 30},
                                    },
                                    "newText": "greet",
                                }
                            ],
                        },
                    }
                ],
            },
            {
                "path": "agent/main.py",
                "diagnostics": [
                    {
                        "code": "RA310",
                        "severity": "information",
                        "message": "never called",
                        "range": {
                            "start": {"line": 0, "character": 4},
                            "end": {"line": 0, "character": 9},
                        },
                        "source": "runagent",
                    }
                ],
            },
        ]
    }


def test_json_names_a_file_without_findings() -> None:
    expected = {"files": [{"path": "agent/runagent.config.json", "diagnostics": []}]}
    assert json.loads(json_report.render(CLEAN)) == expected


def test_json_is_ascii_even_for_half_characters() -> None:
    rendered = json_report.render(report(CheckedFile(CONFIG, "", (finding("\ud800\u6f22"),))))
    assert rendered.isascii()
    (file,) = json.loads(rendered)["files"]
    assert file["diagnostics"][0]["message"] == "\ud800\u6f22"


def test_github() -> None:
    assert github.render(BOTH) == (
        "::error title=runagent (RA301),file=agent/runagent.config.json,line=2,endLine=2,"
        "col=25,endColumn=31::RA301 `gret` is not defined in main.py. Did you mean `greet`?\n"
        "::notice title=runagent (RA310),file=agent/main.py,line=1,endLine=1,col=5,endColumn=10"
        "::RA310 never called\n"
    )
    assert github.render(CLEAN) == ""


def test_github_escapes() -> None:
    path = BASE / "a,b:c%" / "x.json"
    found = finding("50%, see:\r\n::error::x", "warning", file=path, place=at(0, 0, 1))
    assert github.render(report(CheckedFile(path, "ab", (found,)))) == (
        "::warning title=runagent (RA301),file=a%2Cb%3Ac%25/x.json,line=1,endLine=1,"
        "col=1,endColumn=2::RA301 50%25, see:%0D%0A::error::x\n"
    )


def test_github_leaves_columns_out_over_several_lines() -> None:
    found = finding(place=Range(Position(0, 3), Position(2, 1)))
    line = github.render(report(CheckedFile(CONFIG, "a\nb\nc\n", (found,))))
    assert "line=1,endLine=3::" in line


def test_junit() -> None:
    root = ET.fromstring(junit.render(BOTH))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "0")
    config, module = root
    assert config.get("name") == "agent/runagent.config.json"
    failure = config.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == TYPO.message
    assert failure.get("type") == "RA301"
    remark = module.find("testcase/system-out")
    assert remark is not None
    assert remark.text == "agent/main.py:1:5: information never called"


def test_junit_of_a_clean_file_is_a_passed_test() -> None:
    root = ET.fromstring(junit.render(CLEAN))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert root.find("testsuite/testcase") is not None


def test_junit_survives_what_xml_cannot_hold() -> None:
    hostile = finding("a\x00\x1b\ud800\ufffe<b>&\"' \u6f22")
    rendered = junit.render(report(CheckedFile(CONFIG, "", (hostile,))))
    assert rendered.isascii()
    failure = ET.fromstring(rendered).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "a\ufffd\ufffd\ufffd\ufffd<b>&\"' \u6f22"


def sarif_run(what: Report) -> dict[str, Any]:
    log = json.loads(sarif.render(what, all_rules()))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_results() -> None:
    run = sarif_run(BOTH)
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["originalUriBaseIds"] == {"SRCROOT": {"uri": "file:///work%20tree/"}}
    typo, remark = run["results"]
    assert (typo["ruleId"], typo["level"]) == ("RA301", "error")
    assert typo["message"] == {"text": TYPO.message}
    assert typo["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "agent/runagent.config.json",
                    "uriBaseId": "SRCROOT",
                },
                "region": {"startLine": 2, "startColumn": 26, "endLine": 2, "endColumn": 32},
            }
        }
    ]
    assert typo["relatedLocations"][0]["message"] == {"text": "`greet` is defined here"}
    (change,) = typo["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 27, "endLine": 2, "endColumn": 31},
            "insertedContent": {"text": "greet"},
        }
    ]
    assert remark["level"] == "note"


def test_sarif_rules_are_all_there_and_results_point_to_them() -> None:
    known = all_rules()[0]
    run = sarif_run(report(CheckedFile(CONFIG, CONFIG_TEXT, (finding(code=known.code),))))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in all_rules()]
    (result,) = run["results"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == known.code


def test_sarif_fingerprint_survives_moving_down() -> None:
    moved = finding(place=at(2, 25, 31))
    first, second = (
        sarif_run(report(CheckedFile(CONFIG, content, (found,))))["results"][0]
        for content, found in ((CONFIG_TEXT, finding()), ("\n" + CONFIG_TEXT, moved))
    )
    assert first["partialFingerprints"] == second["partialFingerprints"]
    other = sarif_run(report(CheckedFile(CONFIG, CONFIG_TEXT, (finding("else"),))))["results"][0]
    assert first["partialFingerprints"] != other["partialFingerprints"]


def test_shown_path() -> None:
    assert shown_path(CONFIG, BASE) == "agent/runagent.config.json"
    assert shown_path(BASE, BASE) == "."
    elsewhere = Path(os.sep) / "elsewhere" / "x.py"
    assert shown_path(elsewhere, BASE) == "/elsewhere/x.py"


@pytest.mark.parametrize(
    ("name", "line", "hidden", "kept"),
    [
        ("runagent.config.json", '"OPENAI_API_KEY": "hunter2", "x": 1', "hunter2", '"x": 1'),
        ("runagent.config.json", '"DB_PASSWORD":"a\\"b", "MODE": "fast"', "b", '"MODE": "fast"'),
        ("runagent.config.yaml", "  API_TOKEN: hunter2", "hunter2", "API_TOKEN: "),
        ("main.py", f'call("sk-{"a1" * 12}")', "a1", 'call("'),
        (".env", "MODE=hunter2 # why", "hunter2", "MODE="),
        (".env", "export A = 'hunter2'", "hunter2", "export A = "),
    ],
)
def test_secrets_stay_out_of_reports(name: str, line: str, hidden: str, kept: str) -> None:
    shown = excerpt(CheckedFile(BASE / name, line, ()), at(0, 0, 4), "utf-8")
    assert shown is not None
    assert hidden not in shown.text
    assert kept in shown.text
    assert len(shown.text) == len(line)


def test_what_is_no_secret_is_shown() -> None:
    line = '"module": "monkey", "file": "keys.py"'
    shown = excerpt(CheckedFile(CONFIG, line, ()), at(0, 0, 4), "utf-8")
    assert shown is not None
    assert shown.text == line
