"""Where the bytes of a lost content may still be: a file, a dump, another node.

Its hash proves them.
"""

import json
import re
from collections.abc import Iterable
from email.message import Message as Headers
from http import HTTPStatus
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import msgspec
from django.conf import settings
from msgspec import Struct

from journal.dumps.reading import DumpError, read_dump
from journal.durable_files import durable_file
from journal.repair.plan import RepairImpossible
from journal.wire.codec import Undecodable, decode
from journal.wire.messages import ContentKey, ContentV2Value, ContentValue, Message
from registry.references import Reference, content_hash, serialize

#: Seconds that another node is waited for, at each of its answers.
_PATIENCE = 10.0
_API = "/apis/registry/v2"
_HASH = re.compile(r"[0-9a-f]{64}")


class RecoveredContent(Struct, frozen=True, kw_only=True):
    """A content with the hash that proves it; `origin` tells in words where it was found.

    `canonical_hash` is None where the source tells none.
    """

    content_hash: str
    content: bytes
    references: str | None = None
    canonical_hash: str | None = None
    origin: str


def recover_from_file(content: bytes, wanted: str, references: str = "") -> RecoveredContent:
    """`references` is their text as the journal spells it; raises RepairImpossible."""
    found = _proven(wanted, content, (None, references or None), "an uploaded file")
    if found is None:
        raise RepairImpossible(f"This file is not the content: its hash is not {wanted}.")
    return found


def recover_from_dump(lines: Iterable[bytes], wanted: str) -> RecoveredContent:
    """The first record of a dump with the bytes; raises RepairImpossible."""
    try:
        for record in read_dump(lines):
            found = _in_record(record.key, record.value, wanted)
            if found is not None:
                where = f"a dump, partition {record.partition}, offset {record.offset}"
                return msgspec.structs.replace(found, origin=where)
    except DumpError as error:
        raise RepairImpossible(f"The dump can't be read: {error}") from error
    raise RepairImpossible(f"No record of the dump holds a content with the hash {wanted}.")


def _in_record(key: bytes | None, value: bytes | None, wanted: str) -> RecoveredContent | None:
    try:
        message: Message = decode(key, value)
    except Undecodable:
        return None
    said: Any = message.value
    if not isinstance(said, ContentValue | ContentV2Value) or not said.content:
        return None
    holder: Any = message.key if isinstance(message.key, ContentKey) else said
    named = holder.content_hash
    if named != wanted:
        return None
    found = _proven(wanted, said.content, (said.serialized_references, None), "a dump")
    if found is None:
        return None
    # The record itself says them, also where the hash does not cover them.
    return msgspec.structs.replace(
        found, references=said.serialized_references, canonical_hash=said.canonical_hash
    )


def recover_from_node(base: str, wanted: str) -> RecoveredContent:
    """From another node's Registry API v2, `base` being its address; raises RepairImpossible."""
    parts = urlsplit(base.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise RepairImpossible("The node's address must begin with http:// or https://.")
    if not _HASH.fullmatch(wanted):
        raise RepairImpossible(f"{wanted} is no hash of a content.")
    root = base.strip().rstrip("/").removesuffix(_API)
    place = f"{root}{_API}/ids/contentHashes/{wanted}"
    content = _fetched(place)
    found = _proven(wanted, content, (None,), root)
    if found is None:
        found = _proven(wanted, content, (_references(_fetched(f"{place}/references")),), root)
    if found is None:
        raise RepairImpossible(f"What {parts.netloc} holds there has not the hash {wanted}.")
    return found


def _references(answer: bytes) -> str | None:
    """The text that the journal would carry."""
    try:
        return serialize([
            Reference(each.get("groupId"), each["artifactId"], each["version"], each["name"])
            for each in json.loads(answer)
        ])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RepairImpossible("The node's references can't be read.") from error


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Headers, newurl: str
    ) -> None:
        """None makes the answer an error."""


#: No proxy of the environment, no redirect: the node is asked that was named, and no other.
_opener = build_opener(ProxyHandler({}), _NoRedirects)


def _fetched(url: str) -> bytes:
    limit: int = settings.ANNALS_LIMIT_CONTENT_BYTES
    try:
        with _opener.open(url, timeout=_PATIENCE) as answer:
            body: bytes = answer.read(limit + 1)
    except HTTPError as error:
        with error:
            status = HTTPStatus(error.code).phrase if error.code in _STATUSES else ""
        raise RepairImpossible(f"The node answered {error.code} {status}".strip() + ".") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise RepairImpossible(f"The node gave no answer: {error}") from error
    if len(body) > limit:
        raise RepairImpossible(f"The node's answer is longer than {limit:,} bytes.")
    return body


_STATUSES = frozenset(each.value for each in HTTPStatus)


def _proven(
    wanted: str, content: bytes, texts: Iterable[str | None], origin: str
) -> RecoveredContent | None:
    """With the references that make the hash, if any do: they count since 2.4.2."""
    for references in texts:
        for covers in (False, True):
            if content and content_hash(content, references, covers_references=covers) == wanted:
                kept = references if covers and references else None
                return RecoveredContent(
                    content_hash=wanted, content=content, references=kept, origin=origin
                )
    return None


def store_recovered(found: RecoveredContent) -> None:
    """Until it is said: below the home, under its hash."""
    directory = settings.ANNALS_HOME.found_contents
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with durable_file(directory / f"{found.content_hash}.json") as file:
        file.write(msgspec.json.encode(found))


def load_recovered(wanted: str) -> RecoveredContent | None:
    if not _HASH.fullmatch(wanted):
        return None
    try:
        content = (settings.ANNALS_HOME.found_contents / f"{wanted}.json").read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(content, type=RecoveredContent)


def discard_recovered(wanted: str) -> None:
    if _HASH.fullmatch(wanted):
        (settings.ANNALS_HOME.found_contents / f"{wanted}.json").unlink(missing_ok=True)
