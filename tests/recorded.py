"""HTTP exchanges recorded of a Java node, made comparable with those of this one.

Ids are replaced by what they stand for, since two nodes may allocate them in another order.
"""

import base64
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from journal.kafka.records import Record
from journal.wire.codec import decode
from journal.wire.messages import Message, MessageType
from tests.journals import DATA, read_journal

#: Random, or from a clock.
_VARYING = {"createdOn", "modifiedOn", "uuid", "expires", "downloadId", "href"}
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IDS = {"globalId", "contentId"}


@dataclass(frozen=True)
class Exchange:
    """A request and its response; `records` are those that the node wrote for it."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer_headers: dict[str, str]
    answer: bytes
    records: list[Message]


def exchanges() -> list[Exchange]:
    journal = read_journal(DATA / "journals" / "2.6.13.jsonl")
    lines = (DATA / "exchanges" / "whole-2.6.13.jsonl").read_text().splitlines()
    return [_exchange(json.loads(line), journal) for line in lines]


def _exchange(row: dict[str, Any], journal: list[Record]) -> Exchange:
    first, end = row["offsets"]
    return Exchange(
        row["name"],
        row["method"],
        row["path"],
        row["headers"],
        _bytes(row, "body"),
        row["status"],
        row["answer_headers"],
        _bytes(row, "answer"),
        [decode(record.key, record.value) for record in journal[first:end]],
    )


def _bytes(row: dict[str, Any], name: str) -> bytes:
    if f"{name}_base64" in row:
        return base64.b64decode(row[f"{name}_base64"])
    return (row[name] or "").encode()


@dataclass
class Names:
    """Maps one node's ids to what they stand for, by its records in their order."""

    ids: dict[tuple[str, int], str] = field(default_factory=dict)
    _versions: Counter[str] = field(default_factory=Counter)

    def learn(self, messages: list[Message]) -> None:
        for message in messages:
            key, value = msgspec.to_builtins(message.key), msgspec.to_builtins(message.value) or {}
            if message.type is MessageType.CONTENT_V2:
                self.ids["contentId", key["contentId"]] = value["contentHash"]
            if message.type is MessageType.ARTIFACT and value.get("globalId"):
                artifact = f"{key.get('groupId')}/{_without_chance(key['artifactId'])}"
                self._versions[artifact] += 1
                name = f"{artifact}/{self._versions[artifact]}"
                # An import may give an id to another version than had it before.
                self.ids["globalId", value["globalId"]] = name

    def comparable(self, document: Any, key: str = "") -> Any:
        """Replace ids by what they stand for, and values that vary by a constant."""
        if isinstance(document, dict):
            return {name: self.comparable(value, name) for name, value in document.items()}
        if isinstance(document, list):
            return [self.comparable(item) for item in document]
        if key in _VARYING:
            return "varies"
        if key in _IDS and isinstance(document, int):
            return self.ids.get((key, document), document)
        return _without_chance(document)

    def records(self, messages: list[Message]) -> list[Any]:
        """Return type, key and value of each record, sorted, since their order varies."""
        rows = [
            [message.type.name, self.comparable(_plain(message.key)), self._value(message)]
            for message in messages
            # Written once on an empty topic: when a Java node starts, when this one first writes.
            if message.type is not MessageType.UPGRADER
        ]
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))

    def _value(self, message: Message) -> Any:
        return None if message.value is None else self.comparable(_plain(message.value))


def _plain(part: Any) -> Any:
    """Drop nulls, as on the wire."""
    document = msgspec.to_builtins(part)
    return {name: value for name, value in document.items() if value is not None}


def _without_chance(value: Any) -> Any:
    return "random" if isinstance(value, str) and _RANDOM_ID.fullmatch(value) else value
