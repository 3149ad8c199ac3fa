"""One project, served by `runagent serve` and by ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.pair import Pair, ServeBoth, serving_both


@pytest.fixture(scope="module")
def serve_both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeBoth]:
    """Serve a project twice until the module's tests are done."""
    with contextlib.ExitStack() as stack:

        def serve(project: Path, *options: str) -> Pair:
            folder = tmp_path_factory.mktemp("both")
            return stack.enter_context(serving_both(project, folder, options))

        yield serve
