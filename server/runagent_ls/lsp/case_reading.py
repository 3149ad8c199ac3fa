"""Cases as the editor shows them, with all that is known to be wrong with them."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.session import Session
from runagent_ls.project.file_source import FileSource
from runagent_ls.testing.places import is_case, place_of

if TYPE_CHECKING:  # loaded when a case is looked at first
    from runagent_ls.rules.finding import Finding
    from runagent_ls.testing.model import Case
    from runagent_ls.testing.places import CasePlace


def current_files(session: Session) -> FileSource:
    """What the editor shows, else what is on the disk now.

    A client that watches files tells of them some time later: who has just written a case and asks
    for it must not hear that there is none.
    """
    files = session.workspace.files
    files.refresh()
    return files


def read_whole(session: Session, place: CasePlace) -> Case:
    """A case, held against its entrypoint as well."""
    from runagent_ls.testing.checks import with_unfit_call
    from runagent_ls.testing.reading import read_case

    case = read_case(place, session.workspace.files)
    if case.problems:
        return case
    return with_unfit_call(case, session.workspace.project(place.config_path))


def case_findings(session: Session, path: FilePath) -> tuple[Finding, ...]:
    """What is wrong with an open case; nothing for every other file.

    The RunAgent shell has its editor know the schema of cases, which then tells the rest.
    """
    if not is_case(path) or not session.workspace.is_open(path):
        return ()
    place = place_of(path, session.workspace.files)
    if place is None:
        return ()
    from runagent_ls.testing.findings import findings_of

    case = read_whole(session, place)
    return findings_of(case, with_format=not session.client.is_runagent_shell)
