"""A Java node's recorded exchanges, made again with this node in their order."""

import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from tests.journals import DATA

EXCHANGES = [
    json.loads(line)
    for line in (DATA / "exchanges" / "registry-v2-2.6.13.jsonl").read_text().splitlines()
]
#: Made by chance or by the clock: present, but of another value. The owner was set by a call that
#: is not served yet, and so counts as such.
VARYING = {"createdOn", "modifiedOn", "createdBy"}
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def comparable(document: Any, ids: dict[int, int]) -> Any:
    """The document without what varies; global ids are named by their recorded number."""
    if isinstance(document, list):
        return [comparable(each, ids) for each in document]
    if not isinstance(document, dict):
        return document
    return {key: _comparable_field(key, value, ids) for key, value in document.items()}


def _comparable_field(key: str, value: Any, ids: dict[int, int]) -> Any:
    if key in VARYING:
        return "varies"
    if key == "id" and RANDOM_ID.fullmatch(value):
        return "random"
    if key == "globalId":
        return ids.get(value, value)
    return comparable(value, ids)


def learn(recorded: Any, answered: Any, ids: dict[int, int]) -> None:
    """Which of our global ids stands for which recorded one, from an exchange that makes it."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        ours, theirs = answered.get("globalId"), recorded.get("globalId")
        if ours is not None and theirs is not None:
            ids.setdefault(ours, theirs)


def send(exchange: dict[str, Any]) -> Any:
    return Client().generic(
        exchange["method"],
        exchange["path"],
        (exchange["body"] or "").encode(),
        content_type=exchange["headers"].get("Content-Type", ""),
        headers={k: v for k, v in exchange["headers"].items() if k != "Content-Type"},
    )


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_the_recorded_exchanges_are_answered_alike(settings: Any) -> None:
    ids: dict[int, int] = {}
    deletes = [each for each in EXCHANGES if each["method"] == "DELETE" and each["status"] == 204]
    for exchange in EXCHANGES:
        settings.ANNALS_ALLOW_DELETE = exchange in deletes
        answer = send(exchange)
        compare(exchange, answer, ids)


def compare(exchange: dict[str, Any], answer: Any, ids: dict[int, int]) -> None:
    name = exchange["name"]
    assert answer.status_code == exchange["status"], (name, answer.content)
    if exchange["status"] == HTTPStatus.NO_CONTENT:
        assert answer.content == b""
        return
    headers = exchange["answer_headers"]
    assert answer.headers["Content-Type"] == headers["Content-Type"], name
    for header in (each for each in headers if each.startswith("X-")):
        assert answer.headers[header] == headers[header], (name, header)
    if answer.content.decode() == exchange["answer"]:
        return
    recorded = json.loads(exchange["answer"])
    answered = json.loads(answer.content)
    if exchange["method"] in {"POST", "PUT"}:
        learn(recorded, answered, ids)
    assert comparable(answered, ids) == comparable(recorded, {}), name
