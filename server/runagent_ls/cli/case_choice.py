"""Which saved cases a command means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.cli.options.values import did_you_mean
from runagent_ls.cli.projects import absolute, configs_of
from runagent_ls.project.file_source import DiskFiles, FileSource
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.testing.checks import with_unfit_call
from runagent_ls.testing.model import Case
from runagent_ls.testing.places import CasePlace, cases_of, place_of
from runagent_ls.testing.reading import read_case


def chosen_cases(paths: Sequence[Path], tags: Sequence[str], names: Sequence[str]) -> list[Case]:
    """The cases below the paths, of these tags and names if any are given, agent by agent.

    Raises `CommandError` when there are none, or none of a tag or a name that was asked for.
    """
    files = DiskFiles()
    places = _places(paths, files)
    if not places:
        asked = ", ".join(str(absolute(path)) for path in paths or [Path()])
        raise CommandError(
            f"There are no cases in {asked}.",
            "A case is a file .runagent/cases/<tag>/<name>.json beside the agent's configuration,"
            ' such as {"inputs": {"name": "Ada"}, "expect": {"contains": "Ada"}}.',
        )
    places = _only(places, tags, [it.tag for it in places], "tag")
    places = _only(places, names, [it.name for it in places], "name")
    return _read(places, files)


def _places(paths: Sequence[Path], files: FileSource) -> list[CasePlace]:
    found: dict[CasePlace, None] = {}
    folders: list[Path] = []
    for path in paths or [Path()]:
        place = place_of(absolute(path), files)
        if place is None:
            folders.append(path)
        elif files.kind(place.path) == "missing":
            raise CommandError(
                f"{place.path} is not there.", "Give a folder or the file of a case."
            )
        else:
            found[place] = None
    for config in configs_of(folders, files) if folders else ():
        found.update(dict.fromkeys(cases_of(config, files)))
    return sorted(found, key=lambda it: (it.config_path, it.tag, it.name, it.path))


def _only(
    places: list[CasePlace], asked: Sequence[str], have: Sequence[str], what: str
) -> list[CasePlace]:
    """Those whose tag or name, which `have` lists, was asked for; all when nothing was."""
    if not asked:
        return places
    for one in asked:
        if one not in have:
            known = ", ".join(_first(have))
            raise CommandError(
                f"No case has the {what} {one!r}.{did_you_mean(one, have)}",
                f"There are cases with the {what} {known}.",
            )
    return [place for place, it in zip(places, have, strict=True) if it in asked]


def _first(names: Iterable[str], most: int = 20) -> list[str]:
    return list(dict.fromkeys(names))[:most]


def _read(places: Sequence[CasePlace], files: FileSource) -> list[Case]:
    projects: dict[Path, AgentProject] = {}
    cases = []
    for place in places:
        case = read_case(place, files)
        if not case.problems:
            config = place.config_path
            if config not in projects:
                projects[config] = load_project(config, files)
            case = with_unfit_call(case, projects[config])
        cases.append(case)
    return cases
