"""Every GET that a Java node was seen to answer, answered after the same records, field by field.

A journal is applied up to the offset at which a GET was recorded, then this node is asked.
"""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest

from journal.models import ContentView
from registry.models import Group
from tests.journals import DATA, apply_to_database, read_journal
from tests.own_node import Client

Exchange = dict[str, Any]

CAPTURES = ("2.6.13", "2.6.13-3partitions")
#: Says a record, so it needs a broker: see test_export.py.
WRITES_IN_DISGUISE = {"export for browser (download link)"}
CONTENT = re.compile(
    r"/ids/\w+/\w+/?(\?|$)|/artifacts/[^/?]+(/versions/[^/?]+)?(\?|$)",
)
MANIFEST = re.compile(r"manifest-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\.Manifest\.json")


def reads(capture: str) -> list[Exchange]:
    file = DATA / "exchanges" / f"reads-{capture}.jsonl"
    exchanges = [json.loads(line) for line in file.read_text().splitlines()]
    return [each for each in exchanges if each["name"] not in WRITES_IN_DISGUISE]


def replayed(capture: str) -> Iterator[Exchange]:
    """Each exchange, at the moment of the journal at which it was recorded."""
    waiting = read_journal(DATA / "journals" / f"{capture}.jsonl")
    for exchange in reads(capture):
        now = [each for each in waiting if each.offset < exchange["offset"]]
        waiting = waiting[len(now) :]
        if now:
            apply_to_database(now, view=ContentView.LAST_WINS)
        yield exchange


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("capture", CAPTURES)
def test_a_replay_up_to_each_recorded_read_answers_it_as_the_java_node_did(capture: str) -> None:
    differing = {
        exchange["name"]: difference
        for exchange in replayed(capture)
        if (difference := difference_of(exchange)) is not None
    }
    assert differing == {}


def difference_of(exchange: Exchange) -> tuple[Any, Any] | None:
    """(answered, recorded) where they are not alike."""
    answer = Client().get(exchange["path"], headers={"Accept": exchange["accept"]})
    # Server headers are left out; those that are kept here say something about the answer.
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name == "Content-Type" or name.startswith("X-Registry-")
    }
    if (answer.status_code, headers) != (exchange["status"], exchange["headers"]):
        return (answer.status_code, headers, answer.getvalue()), exchange
    answered = by_meaning(exchange, answer.getvalue())
    expected = by_meaning(exchange, body_of(exchange))
    return None if answered == expected else (answered, expected)


def body_of(exchange: Exchange) -> bytes:
    if "answer_b64" in exchange:
        return base64.b64decode(exchange["answer_b64"])
    text: str = exchange["answer"]
    return text.encode()


def by_meaning(exchange: Exchange, body: bytes) -> Any:
    """What must be alike. Contents are compared byte for byte."""
    if exchange["headers"]["Content-Type"] == "application/zip":
        return entries(body)
    if exchange["status"] != 200:
        # The wording of errors is this node's own.
        problem = json.loads(body)
        return problem["error_code"], problem["name"]
    if is_content(exchange["path"]):
        return body
    return by_path(exchange["path"], json.loads(body))


def is_content(path: str) -> bool:
    """The path of a schema itself, not of what is said about it."""
    return CONTENT.search(path) is not None


def by_path(path: str, document: Any) -> Any:
    if path.endswith("/system/info"):
        # A node tells who it is itself: as a server's header does.
        return sorted(document)
    if path.endswith("/groups"):
        return {**document, "groups": [without_derived_time(each) for each in document["groups"]]}
    if isinstance(document, dict) and "artifacts" in document:
        return {**document, "artifacts": ties_sorted(path, document["artifacts"])}
    return document


def without_derived_time(group: dict[str, Any]) -> dict[str, Any]:
    """Where the journal says no time, a Java node takes its clock, and this one the record's."""
    group_id = group["groupId"] if "groupId" in group else group["id"]
    if not Group.objects.filter(group_id=group_id, created_on_derived=True).exists():
        return group
    return {key: value for key, value in group.items() if key != "createdOn"}


def ties_sorted(path: str, artifacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Among equal sort keys the order is nobody's promise, so it is made that of the ids."""

    def sort_key(artifact: dict[str, Any]) -> str:
        key = "createdOn" if "orderby=createdOn" in path else "name"
        return str(artifact.get(key, artifact["id"]))

    runs = groupby(artifacts, key=sort_key)
    return [each for _, run in runs for each in sorted(run, key=lambda found: str(found["id"]))]


def entries(body: bytes) -> dict[str, Any]:
    """An export's entries by their paths, in whichever order they were written."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return dict(entry(name, content) for name, content in found.items())


def entry(name: str, content: bytes) -> tuple[str, Any]:
    if MANIFEST.fullmatch(name):
        # Its name and `exportedOn` are the clock's, and it tells which software wrote it.
        return "manifest", sorted(json.loads(content))
    if not name.endswith(".json"):
        return name, content
    document = json.loads(content)
    return name, without_derived_time(document) if name.endswith(".Group.json") else document
