"""A Java node's recorded exchanges, made again with this node: answers, and what is said."""

import io
import json
import zipfile
from typing import Any

import pytest

from journal import commands
from journal.models import LedgerRow
from journal.wire.codec import decode
from journal.wire.messages import Message
from tests.own_node import Client, journal, writer
from tests.recorded import Exchange, Names, exchanges
from tests.waiting import until

#: Where this node does otherwise, and says so in docs/apicurio-differences.md: status and name.
DIFFERENT: dict[str, tuple[int, str]] = {
    "state bogus": (400, "BadRequestException"),
    "group create dup": (409, "GroupAlreadyExistsException"),
    "ccompat7 register references": (200, ""),
    "delete all in g1 before import": (204, ""),
    "delete the remaining comment": (404, "VersionNotFoundException"),
}
#: What a node says of itself.
OF_ITS_OWN = {"system info"}


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_the_recorded_exchanges_have_the_same_responses_and_records() -> None:
    theirs, ours, said = Names(), Names(), 0
    for exchange in exchanges():
        answer = send(exchange)
        if exchange.name not in DIFFERENT:
            # Nobody waits for tombstones.
            until(lambda: last_row() >= said + len(exchange.records))  # noqa: B023
        messages = messages_since(said)
        said = last_row()
        theirs.learn(exchange.records)
        ours.learn(messages)
        if exchange.name in DIFFERENT:
            check_difference(exchange, answer)
            forget(exchange)
            said = last_row()
            continue
        check_answer(exchange, answer, theirs, ours)
        assert ours.records(messages) == theirs.records(exchange.records), exchange.name


def send(exchange: Exchange) -> Any:
    return Client().generic(
        exchange.method,
        exchange.path,
        exchange.body,
        content_type=exchange.headers.get("Content-Type", ""),
        headers={k: v for k, v in exchange.headers.items() if k != "Content-Type"},
    )


def last_row() -> int:
    row = LedgerRow.objects.order_by("id").last()
    return row.id if row is not None else 0


def messages_since(row_id: int) -> list[Message]:
    found = []
    for row in LedgerRow.objects.filter(id__gt=row_id).order_by("id"):
        record = journal().records.read(row.partition, row.offset)
        assert record is not None
        found.append(decode(record.key, record.value))
    return found


def forget(exchange: Exchange) -> None:
    """What a Java node would not have made, so that what follows is alike again."""
    if exchange.name == "ccompat7 register references":
        before = last_row()
        commands.delete_artifact(writer(), None, "cc7-value")
        # The deletion, and tombstones of a version and of three rules.
        until(lambda: last_row() == before + 5)


def check_difference(exchange: Exchange, answer: Any) -> None:
    status, name = DIFFERENT[exchange.name]
    assert answer.status_code == status, (exchange.name, answer.content)
    if name:
        assert answer.json()["name"] == name


def check_answer(exchange: Exchange, answer: Any, theirs: Names, ours: Names) -> None:
    name = exchange.name
    assert answer.status_code == exchange.status, (name, answer.getvalue())
    if not exchange.answer:
        assert answer.getvalue() == b"", name
        return
    for header in exchange.answer_headers:
        assert answer.headers[header] == exchange.answer_headers[header], (name, header)
    answered_bytes = answer.getvalue()
    if answered_bytes == exchange.answer:
        return
    if exchange.answer_headers["Content-Type"] == "application/zip":
        assert entries(answered_bytes, ours) == entries(exchange.answer, theirs), name
        return
    recorded, answered = json.loads(exchange.answer), json.loads(answered_bytes)
    if name in OF_ITS_OWN:
        assert answered.keys() == recorded.keys()
    elif exchange.status >= 400:
        assert told(answered) == told(recorded), name
    else:
        assert ours.comparable(answered) == theirs.comparable(recorded), name


def told(problem: dict[str, Any]) -> tuple[Any, Any]:
    """What of an error is alike; its sentences may be better."""
    return problem["error_code"], problem.get("name")


def entries(archive: bytes, names: Names) -> dict[str, list[Any]]:
    """Documents and bytes of an export by the kind of entry."""
    found: dict[str, list[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for path in opened.namelist():
            kind, form = path.split(".")[-2:]
            held = opened.read(path)
            if kind != "Manifest":
                document = names.comparable(json.loads(held)) if form == "json" else held.decode()
                found.setdefault(f"{kind}.{form}", []).append(document)
    return {kind: sorted(each, key=str) for kind, each in found.items()}
