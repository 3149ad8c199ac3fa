from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from redis_process import KINDS, RedisProcess, why_not


@pytest.fixture(params=KINDS)
def redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisProcess]:
    """A Redis that is spoken to over a socket; the real one as well, where there is one."""
    reason = why_not(request.param)
    if reason is not None:
        pytest.skip(reason)
    process = RedisProcess(request.param, tmp_path)
    yield process
    process.end()
