"""What reads cost where no machine can blur it: in SQL statements, and in calls of functions."""

import json
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import FrameType
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal import commands
from journal.commands import NewVersion
from journal.health import node_health
from journal.models import LedgerRow, SearchPosition
from journal.publish import readiness
from registry.models import RuleType
from tests.own_node import Client, writer
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("node")]

FEW, MANY = 3, 30
AVRO = b'{"type":"record","name":"R%d","fields":[]}'
V2 = "/apis/registry/v2"
ARTIFACTS = f"{V2}/groups/shop/artifacts"
HASH = sha256(AVRO % 1).hexdigest()
VERSION = "/ui/artifacts/shop/a1/versions/1"

#: Statements of a read over REST, at most.
READS = {
    f"{V2}/groups?limit=2": 2,
    f"{V2}/groups/shop": 1,
    f"{ARTIFACTS}?limit=2": 2,
    f"{ARTIFACTS}/a1": 2,
    f"{ARTIFACTS}/a1/meta": 1,
    f"{ARTIFACTS}/a1/owner": 1,
    f"{ARTIFACTS}/a1/rules": 1,
    f"{ARTIFACTS}/a1/rules/VALIDITY": 1,
    f"{ARTIFACTS}/a1/versions": 2,
    f"{ARTIFACTS}/a1/versions/1": 2,
    f"{ARTIFACTS}/a1/versions/1/comments": 2,
    f"{ARTIFACTS}/a1/versions/1/meta": 1,
    f"{ARTIFACTS}/a1/versions/1/references": 1,
    f"{V2}/ids/globalIds/1": 2,
    f"{V2}/ids/globalIds/1/references": 1,
    f"{V2}/ids/contentIds/1": 1,
    f"{V2}/ids/contentIds/1/references": 1,
    f"{V2}/ids/contentHashes/{HASH}": 1,
    f"{V2}/ids/contentHashes/{HASH}/references": 1,
    f"{V2}/search/artifacts?limit=2": 2,
    f"{V2}/search/artifacts?limit=2&name=a": 2,
    f"{V2}/search/artifacts?limit=2&labels=x": 2,
    f"{V2}/search/artifacts?limit=2&group=shop&orderby=createdOn": 2,
    f"{V2}/admin/artifactTypes": 0,
    f"{V2}/admin/config/properties": 1,
    f"{V2}/admin/loggers": 1,
    f"{V2}/admin/roleMappings": 1,
    f"{V2}/admin/rules": 1,
    f"{V2}/system/info": 0,
    f"{V2}/system/limits": 0,
    f"{V2}/users/me": 0,
    "/apis/ccompat/v6/subjects": 1,
    "/apis/ccompat/v6/subjects/d/versions/1": 4,
    "/apis/annals/v1/findings": 3,
    "/apis/annals/v1/node": 5,
    "/health/live": 2,
    "/health/ready": 6,
    "/metrics": 5,
}
#: The same of a page; what its header tells is asked for anew each time.
PAGES = {
    "/ui/home": 17,
    "/ui/artifacts": 15,
    "/ui/artifacts?q=a": 16,
    "/ui/artifacts?sort=newest": 15,
    VERSION: 16,
    f"{VERSION}/documentation": 11,
    f"{VERSION}/references": 12,
    f"{VERSION}/rules": 11,
    f"{VERSION}/comments": 11,
    f"{VERSION}/history": 10,
    f"{VERSION}/compare?with=2": 14,
    f"{VERSION}/use": 9,
    "/ui/journal": 15,
    "/ui/journal/0/3": 27,
    "/ui/tables": 11,
    "/ui/upload": 10,
    "/ui/health": 15,
    "/ui/snapshots": 6,
    "/ui/admin/rules": 8,
    "/ui/admin/roles": 7,
    "/ui/admin/settings": 7,
    "/ui/admin/loggers": 7,
    "/ui/admin/export": 7,
    "/ui/admin/nodes": 12,
}


@pytest.fixture(autouse=True)
def nothing_kept_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_health, "_GATE_MAX_AGE_S", 0.0)
    monkeypatch.setattr(readiness, "_MAX_AGE", 0.0)


def stock(first: int, last: int) -> None:
    for number in range(first, last + 1):
        commands.create_artifact(
            writer(),
            NewVersion(
                group_id="shop",
                artifact_id=f"a{number}",
                type="AVRO",
                content=AVRO % number,
                labels=("x",),
            ),
        )


def is_searchable() -> bool:
    """Whether the worker keeps all there is to search by."""
    position = SearchPosition.objects.first()
    last = LedgerRow.objects.order_by("-id").values_list("id", flat=True).first()
    return position is not None and position.scanned is None and position.mark == last


def statements(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def costs(paths: Mapping[str, int]) -> dict[str, int]:
    until(is_searchable)
    browser = Client()
    found = {}
    for path in paths:
        # The first request of a process imports and remembers.
        assert browser.get(path).status_code == 200, path
        found[path] = statements(lambda path=path: browser.get(path).getvalue())  # type: ignore[misc]
    return found


@pytest.mark.parametrize("bounds", [READS, PAGES], ids=["REST", "pages"])
def test_a_read_asks_as_often_however_much_there_is(bounds: dict[str, int]) -> None:
    stock(1, FEW)
    commands.update_artifact(
        writer(), NewVersion(group_id="shop", artifact_id="a1", type="AVRO", content=AVRO % 1000)
    )
    commands.create_artifact(
        writer(), NewVersion(group_id=None, artifact_id="d", type="AVRO", content=AVRO % 1001)
    )
    commands.create_artifact_rule(writer(), "shop", "a1", RuleType.VALIDITY, "FULL")
    few = costs(bounds)
    stock(FEW + 1, MANY)

    assert costs(bounds) == few
    assert {path: count for path, count in few.items() if count > bounds[path]} == {}


def test_a_look_before_an_upload_asks_as_often_however_long_the_content_is() -> None:
    for rule in (RuleType.VALIDITY, RuleType.COMPATIBILITY):
        commands.create_global_rule(writer(), rule, "FULL")
    asked = [statements(look(fields)) for fields in (10, 170)]
    assert asked[0] == asked[1] <= 17


def test_a_look_before_an_upload_takes_no_more_steps_than_its_content_is_longer() -> None:
    for rule in (RuleType.VALIDITY, RuleType.COMPATIBILITY):
        commands.create_global_rule(writer(), rule, "FULL")
    few, many = (calls(look(fields)) for fields in (85, 170))
    assert few < many < 2.5 * few


def look(fields: int) -> Callable[[], Any]:
    """At a new version of a record with so many fields, one of which has another name."""
    text = wide(fields)
    artifact_id = f"wide{fields}"
    commands.create_artifact(
        writer(),
        NewVersion(group_id=None, artifact_id=artifact_id, type="AVRO", content=text.encode()),
    )
    changed = text.replace("field_number_7", "field_number_seven")
    form = {"text": changed, "id": artifact_id, "as": "version"}
    client = Client()
    # The first request of a process imports and remembers.
    client.post("/ui/upload/look", {**form, "text": text})
    return lambda: client.post("/ui/upload/look", form)


def wide(fields: int) -> str:
    """60 bytes a field."""
    named = [{"name": f"field_number_{at}", "type": "string"} for at in range(fields)]
    return json.dumps({"type": "record", "name": "Wide", "fields": named}, indent=1)


def calls(ask: Callable[[], Any]) -> int:
    """Of functions in Python, of this thread."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return count
