"""Recovery of missing contents from a file, a dump or another node, proven by their hash."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson
from django.conf import settings
from msgspec import Struct

from journal.dumps.reading import DumpError, DumpReader
from journal.durable_files import read_json, write_json
from journal.remote import http
from journal.repair.plan import RepairImpossible
from journal.wire.codec import Undecodable, decode
from journal.wire.messages import ContentKey, ContentV2Value, ContentValue, Message
from registry.references import Reference, content_hash, serialize_references

_IDLE_S = 10.0
_TOTAL_S = 60.0
_API = "/apis/registry/v2"
_HASH = re.compile(r"[0-9a-f]{64}")
_STATUSES = frozenset(status.value for status in HTTPStatus)


class RecoveredContent(Struct, frozen=True, kw_only=True):
    """A content with a verified hash.

    `references` and `canonical_hash` are None if the source has none; `origin` describes the source
    in a sentence.
    """

    content_hash: str
    content: bytes
    references: str | None = None
    canonical_hash: str | None = None
    origin: str


_decoder = msgspec.json.Decoder(RecoveredContent)


def recover_from_file(content: bytes, expected_hash: str, references: str = "") -> RecoveredContent:
    """Verify a file's bytes; `references` is their JSON text. Raises RepairImpossible."""
    recovered = _verified(expected_hash, content, references, "an uploaded file")
    if recovered is None:
        raise RepairImpossible(f"This file is not the content: its hash is not {expected_hash}.")
    return recovered


def recover_from_dump(lines: Iterable[bytes], expected_hash: str) -> RecoveredContent:
    """Return the content of a dump's first record with this hash; raises RepairImpossible."""
    try:
        for record in DumpReader(lines):
            try:
                message: Message = decode(record.key, record.value)
            except Undecodable:
                continue
            value: Any = message.value
            if not isinstance(value, ContentValue | ContentV2Value):
                continue
            named: Any = message.key if isinstance(message.key, ContentKey) else value
            origin = f"a dump, partition {record.partition}, offset {record.offset}"
            content, references = value.content or b"", value.serialized_references
            if named.content_hash == expected_hash and _verified(
                expected_hash, content, references, origin
            ):
                # The record's references are right even where the hash does not cover them.
                return RecoveredContent(
                    content_hash=expected_hash,
                    content=content,
                    references=references,
                    canonical_hash=value.canonical_hash,
                    origin=origin,
                )
    except DumpError as error:
        raise RepairImpossible(f"The dump can't be read: {error}") from error
    raise RepairImpossible(f"No record of the dump holds a content with the hash {expected_hash}.")


def recover_from_node(address: str, expected_hash: str) -> RecoveredContent:
    """Ask another node's Registry API v2 for the content; raises RepairImpossible."""
    parts = urlsplit(address.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise RepairImpossible("The node's address must begin with http:// or https://.")
    if not _HASH.fullmatch(expected_hash):
        raise RepairImpossible(f"{expected_hash} is no hash of a content.")
    root = address.strip().rstrip("/").removesuffix(_API)
    url = f"{root}{_API}/ids/contentHashes/{expected_hash}"
    content = _fetch(url)
    recovered = _verified(expected_hash, content, None, root)
    if recovered is None:
        try:
            references = serialize_references([
                Reference(
                    reference.get("groupId"),
                    reference["artifactId"],
                    reference["version"],
                    reference["name"],
                )
                for reference in orjson.loads(_fetch(f"{url}/references"))
            ])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RepairImpossible("The node's references can't be read.") from error
        recovered = _verified(expected_hash, content, references, root)
    if recovered is None:
        raise RepairImpossible(f"What {parts.netloc} holds there has not the hash {expected_hash}.")
    return recovered


def _verified(
    expected_hash: str, content: bytes, references: str | None, origin: str
) -> RecoveredContent | None:
    """Return the content if its hash matches, alone or, since 2.4.2, with its references."""
    if not content:
        return None
    if content_hash(content, None) == expected_hash:
        covered = None
    elif references and content_hash(content, references) == expected_hash:
        covered = references
    else:
        return None
    return RecoveredContent(
        content_hash=expected_hash, content=content, references=covered, origin=origin
    )


def _fetch(url: str) -> bytes:
    limit: int = settings.ANNALS_LIMIT_CONTENT_BYTES
    try:
        return http.get(url, http.Limits(limit, _IDLE_S, _TOTAL_S))
    except http.HttpStatusError as error:
        phrase = HTTPStatus(error.status).phrase if error.status in _STATUSES else ""
        raise RepairImpossible(
            f"The node answered {error.status} {phrase}".strip() + "."
        ) from error
    except http.ResponseTooLarge as error:
        raise RepairImpossible(f"The node's answer is longer than {limit:,} bytes.") from error
    except http.RemoteError as error:
        raise RepairImpossible(f"The node gave no answer: {error}") from error


def store_recovered(recovered: RecoveredContent) -> None:
    """Keep a content below the home, under its hash, until it is published."""
    path = _path(recovered.content_hash)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_json(path, recovered)


def load_recovered(expected_hash: str) -> RecoveredContent | None:
    if not _HASH.fullmatch(expected_hash):
        return None
    return read_json(_path(expected_hash), _decoder)


def discard_recovered(expected_hash: str) -> None:
    if _HASH.fullmatch(expected_hash):
        _path(expected_hash).unlink(missing_ok=True)


def _path(content_hash: str) -> Path:
    folder: Path = settings.ANNALS_HOME.recovered_contents
    return folder / f"{content_hash}.json"
