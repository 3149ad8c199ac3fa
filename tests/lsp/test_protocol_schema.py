"""The check that every message of the server goes through in these tests."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError

from lsp.protocol_schema import check_message

GOOD: dict[str, Any] = {"index": 5, "atMs": 1.5, "type": "text", "text": "a"}
BAD: list[dict[str, Any]] = [
    {**GOOD, "index": -1},
    {**GOOD, "index": "5"},
    {**GOOD, "index": 5.5},
    {**GOOD, "atMs": None},
    {**GOOD, "type": "texts"},
    {**GOOD, "type": None},
    {**GOOD, "text": 5},
    {**GOOD, "truncatedFrom": "5"},
    {**GOOD, "other": 1},
    {"index": 5, "atMs": 1.5},
]


@pytest.mark.parametrize("bad", BAD, ids=str)
@pytest.mark.parametrize("place", [0, 50, 100])
def test_one_wrong_item_among_many_is_found(bad: dict[str, Any], place: int) -> None:
    items = [{**GOOD, "index": number} for number in range(100)]
    output = {"runId": "r", "seq": 0, "items": items}
    check_message("runagent/output", output)
    items.insert(place, bad)
    with pytest.raises(ValidationError):
        check_message("runagent/output", output)


@pytest.mark.parametrize("items", [5, None, [5], [GOOD, None]])
def test_items_that_are_none_are_found(items: object) -> None:
    with pytest.raises(ValidationError):
        check_message("runagent/output", {"runId": "r", "seq": 0, "items": items})
