"""`runagent-ls check`: find mistakes, fix what can be fixed safely, report the rest."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.cli.exit_codes import ExitCode
from runagent_ls.cli.projects import configs_of
from runagent_ls.cli.reports.report import CheckedFile, Report
from runagent_ls.cli.selecting import selection_of
from runagent_ls.project.file_source import DiskFiles, FileSource
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check as check_project
from runagent_ls.rules.finding import Finding
from runagent_ls.rules.selection import Selection

if TYPE_CHECKING:
    from runagent_ls.cli.verifying import Verified

_FIX_PASSES: Final = 20
"""Fixes that undo each other must not go on for ever."""


def check(options: Namespace) -> int:
    """Check the paths of `options`; 1 when an error was found."""
    # A short life with few circles of objects: hardly worth looking for them.
    gc.set_threshold(50_000, 20, 20)
    selection = selection_of(options.select, options.ignore, options.severity)
    files = DiskFiles()
    configs = configs_of(options.paths, files)
    found = findings_of(configs, files, selection)
    fixed = 0
    if options.fix:
        from runagent_ls.cli.fixing import apply_fixes

        for _ in range(_FIX_PASSES):
            applied = apply_fixes(found)
            if not applied:
                break
            fixed += applied
            files.refresh()
            found = findings_of(configs, files, selection)
    verified: Mapping[Path, Verified] = {}
    if options.verify:
        from runagent_ls.cli.verifying import verify_all

        projects = [load_project(config, files) for config in configs]
        verified = verify_all(projects, options.interpreter, options.timeout)
        found = findings_of(configs, files, selection, verified)
    report = Report(
        files=tuple(
            CheckedFile(path, files.read(path).text or "", tuple(findings))
            for path, findings in found.items()
        ),
        projects=len(configs),
        base=_base(options.output_format),
        fixed=fixed,
        verified={config: it.verification for config, it in verified.items()},
    )
    sys.stdout.write(_rendered(report, options.output_format))
    return ExitCode.FINDINGS if report.count()["error"] else ExitCode.OK


def findings_of(
    configs: Sequence[Path],
    files: FileSource,
    selection: Selection,
    verified: Mapping[Path, Verified] | None = None,
) -> dict[Path, list[Finding]]:
    """Findings by file: every configuration, and each other file that has some."""
    found: dict[Path, dict[object, Finding]] = {config: {} for config in configs}
    for config in configs:
        project = load_project(config, files)
        if verified:
            project = replace(project, observation=verified[config].observation)
        for path, findings in check_project(project, selection).items():
            # Projects may share a Python file: what both say of it is said once.
            known = found.setdefault(path, {})
            for finding in findings:
                known.setdefault((finding.code, finding.range, finding.message), finding)
    return {
        path: sorted(findings.values(), key=lambda finding: finding.range)
        for path, findings in found.items()
        if findings or path in configs
    }


def _base(output_format: str) -> Path:
    """The folder that paths are shown from; annotations count from the checkout."""
    checkout = os.environ.get("GITHUB_WORKSPACE")
    if output_format == "github" and checkout:
        return Path(checkout)
    return Path.cwd()


def _rendered(report: Report, output_format: str) -> str:
    match output_format:
        case "json":
            from runagent_ls.cli.reports import json_report

            return json_report.render(report)
        case "github":
            from runagent_ls.cli.reports import github

            return github.render(report)
        case "junit":
            from runagent_ls.cli.reports import junit

            return junit.render(report)
        case "sarif":
            from runagent_ls.cli.reports import sarif
            from runagent_ls.rules.registry import all_rules

            return sarif.render(report, all_rules())
        case _:
            from runagent_ls.cli.reports import text
            from runagent_ls.cli.terminal import Painter, wants_colour

            encoding = sys.stdout.encoding or "utf-8"
            return text.render(report, Painter(wants_colour(sys.stdout)), encoding)
