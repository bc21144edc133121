"""Remarks for operators on applied records: codes with arguments, and their words.

The ledger's column `remark` holds the remarks of a record as JSON, `[["id-in-use","contentId",5]]`,
or an empty text where there are none. Codes are stored, so they never change; words may.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Argument = str | int | None

#: Global ids that the words of a remark name at most.
MAX_NAMED_IDS = 10
#: Characters that are stored of a text that a record says.
_MAX_TEXT = 512


class RemarkCode(StrEnum):
    #: Name of the sequence, allocated id: the damage of the incident.
    ID_IN_USE = "id-in-use"
    #: Name of the sequence, its value before and after.
    SEQUENCE_MOVED = "sequence-moved"
    #: Content id, "first" or "last" for the use that counts, hash of the content that is lost.
    CONTENT_ID_REUSED = "content-id-reused"
    #: Global ids of the versions that show the new content, one more than are named if there are.
    CONTENT_REPLACED = "content-replaced"
    #: Content id under which the content that the record names was lost.
    CONTENT_LOST = "content-lost"
    #: Content id of an imported version, which may be that of another content.
    CONTENT_CONTESTED = "content-contested"
    #: Hash or id of a content that no record supplied; the reason says it in words.
    CONTENT_MISSING = "content-missing"
    BYTES_MISSING = "bytes-missing"
    #: Global id of another version.
    GLOBAL_ID_TAKEN = "global-id-taken"
    #: Code and arguments of one of the next five: why an import left no version.
    NO_VERSION = "no-version"
    GLOBAL_ID_EXISTS = "global-id-exists"
    VERSION_EXISTS = "version-exists"
    STATE_MISSING = "state-missing"
    META_DATA_TOO_LONG = "meta-data-too-long"
    CONTENT_UNKNOWN = "content-unknown"
    #: Topic version of the upgrade.
    UPGRADE_LOCK_HELD = "upgrade-lock-held"
    #: The upgrader that holds the lock.
    UPGRADE_LOCK_AWAITED = "upgrade-lock-awaited"
    #: Topic version.
    TOPIC_VERSION_RAISED = "topic-version-raised"
    REQ_MISSING = "req-missing"
    REQ_INVALID = "req-invalid"
    #: The words themselves, from a ledger of an earlier release.
    TEXT = "text"


#: Sentences with a `{}` for each argument.
WORDS = {
    RemarkCode.ID_IN_USE: "already in use: {} {}",
    RemarkCode.SEQUENCE_MOVED: "{} moved from {} to {}",
    RemarkCode.CONTENT_ID_REUSED: "content id {} used twice; the {} use counts, {} is lost",
    RemarkCode.CONTENT_REPLACED: "global ids that show the new one: {}",
    RemarkCode.CONTENT_LOST: "content id {} was used twice, this content is lost",
    RemarkCode.CONTENT_CONTESTED: "content id {} was used twice",
    RemarkCode.CONTENT_MISSING: "",
    RemarkCode.BYTES_MISSING: "its bytes are missing: no record before this one tells them",
    RemarkCode.GLOBAL_ID_TAKEN: "its id is taken: another version has the global id {}",
    RemarkCode.NO_VERSION: "no version: {}",
    RemarkCode.GLOBAL_ID_EXISTS: "global id {} is there already",
    RemarkCode.VERSION_EXISTS: "version {} is there already",
    RemarkCode.STATE_MISSING: "the record names no state",
    RemarkCode.META_DATA_TOO_LONG: "name or description is too long",
    RemarkCode.CONTENT_UNKNOWN: "content id {} is unknown",
    RemarkCode.UPGRADE_LOCK_HELD: "holds the upgrade lock for version {}",
    RemarkCode.UPGRADE_LOCK_AWAITED: "waits: {} holds the upgrade lock",
    RemarkCode.TOPIC_VERSION_RAISED: "the topic is of version {} from here on",
    RemarkCode.REQ_MISSING: "no req header",
    RemarkCode.REQ_INVALID: "the req header is not a UUID: a Java node would stop here",
    RemarkCode.TEXT: "{}",
}

_CODES = frozenset(RemarkCode)
#: Codes that stand in a remark of NO_VERSION alone.
NO_VERSION_CAUSES = frozenset({
    RemarkCode.GLOBAL_ID_EXISTS,
    RemarkCode.VERSION_EXISTS,
    RemarkCode.STATE_MISSING,
    RemarkCode.META_DATA_TOO_LONG,
    RemarkCode.CONTENT_UNKNOWN,
})


@dataclass(frozen=True, slots=True)
class Remark:
    code: RemarkCode
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        arguments = self.arguments
        if self.code is RemarkCode.NO_VERSION:
            arguments = (str(_from_json(arguments)),)
        elif self.code is RemarkCode.CONTENT_REPLACED:
            more = " and more" if len(arguments) > MAX_NAMED_IDS else ""
            arguments = (", ".join(map(str, arguments[:MAX_NAMED_IDS])) + more,)
        return WORDS[self.code].format(*arguments)


def has_remark(remarks: Iterable[Remark], code: RemarkCode) -> bool:
    return any(remark.code is code for remark in remarks)


def find_argument(remarks: Iterable[Remark], code: RemarkCode) -> Argument:
    """Return the first argument of the remark with this code, None without one."""
    return next((remark.arguments[0] for remark in remarks if remark.code is code), None)


def to_words(remarks: Iterable[Remark]) -> str:
    return "; ".join(filter(None, map(str, remarks)))


def encode_remarks(remarks: Iterable[Remark]) -> str:
    """Return the text for the ledger's column `remark`."""
    rows = [(remark.code, *map(_to_stored, remark.arguments)) for remark in remarks]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def decode_remarks(stored: str) -> tuple[Remark, ...]:
    """Return the remarks in the ledger's column `remark`; unknown codes become TEXT."""
    if not stored:
        return ()
    if not stored.startswith("[["):
        # From a worker of an earlier release, which went on after this one migrated the ledger.
        return (Remark(RemarkCode.TEXT, (stored,)),)
    return tuple(map(_from_json, json.loads(stored)))


def _to_stored(argument: Argument) -> Argument:
    if isinstance(argument, str):
        return argument[:_MAX_TEXT].replace("\0", "\ufffd")
    return argument


def _from_json(row: Iterable[Argument]) -> Remark:
    code, *arguments = row
    if code not in _CODES:
        return Remark(RemarkCode.TEXT, (" ".join(map(str, row)),))
    return Remark(RemarkCode(str(code)), tuple(arguments))
