"""The range of values of each column of the registry's tables; lengths are those of Java nodes.

The projection rejects a record with a value out of range, so that readers can show every row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.models import RuleType, State
from registry.roles import RoleType
from registry.times import FIRST_TIME, LAST_TIME
from registry.whole_numbers import MAX_LONG

#: A higher id is in range only once its sequence has reached it. Otherwise a RESET would move the
#: sequence to the end of 64 bits, and no id would be left.
MAX_UNALLOCATED_ID = 2**62 - 1
#: Of group and artifact id together, in UTF-8. PostgreSQL indexes at most 2,704 bytes, of which
#: the tenant and the type of a rule take the rest.
MAX_COORDINATES_BYTES = 2048
#: Longer ones are cut where the record does not come from an import.
NAME_LIMIT, DESCRIPTION_LIMIT = 512, 1024
#: Levels of java.util.logging and of Quarkus.
LOG_LEVELS = (
    *("DEBUG", "TRACE", "WARN", "ERROR", "SEVERE", "WARNING", "INFO"),
    *("CONFIG", "FINE", "FINER", "FINEST"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """Texts of `shortest` to `longest` characters; of `choices` alone, if there are any."""

    longest: int | None = None
    shortest: int = 0
    choices: tuple[str, ...] = ()

    def find_fault(self, text: str) -> str:
        """Describe a text's fault, as the end of a sentence; empty for a text in range."""
        length = len(text)
        if self.longest is not None and length > self.longest:
            return f"has {length} characters; {self.longest} is the limit"
        if length < self.shortest:
            return "is empty"
        if self.choices and text not in self.choices:
            return f"is '{text[:40]}'; it may be {', '.join(self.choices)}"
        return ""


@dataclass(frozen=True, slots=True)
class Number:
    lowest: int
    highest: int
    words: str

    def find_fault(self, number: int) -> str:
        """Describe a number's fault, as the end of a sentence; empty for a number in range."""
        if self.lowest <= number <= self.highest:
            return ""
        return f"is {number}; it may be {self.words}"


_ID = Number(0, MAX_LONG, "0 or more")

#: By the name of the value.
RANGES: Mapping[str, Text | Number] = {
    "tenant_id": Text(128),
    # No address leads to an empty id, so nobody could look at it or delete it.
    "group_id": Text(512, shortest=1),
    "artifact_id": Text(512, shortest=1),
    "version": Text(256),
    "version_id": Number(-(2**31), 2**31 - 1, "a number of 32 bits"),
    "global_id": _ID,
    # Every type is stored, also one that only other nodes know.
    "artifact_type": Text(32),
    "state": Text(choices=tuple(State.values)),
    "name": Text(NAME_LIMIT),
    "description": Text(DESCRIPTION_LIMIT),
    "content_id": _ID,
    "content_hash": Text(64),
    "canonical_hash": Text(64),
    # What they refer to may be missing, so that any text has a place.
    "reference_group_id": Text(512),
    "reference_artifact_id": Text(512),
    "reference_version": Text(256),
    "reference_name": Text(512),
    "owner": Text(256),
    "time": Number(FIRST_TIME, LAST_TIME, "a time of the years 1 to 9999"),
    "rule_type": Text(choices=tuple(RuleType.values)),
    # A level that its rule does not have is stored; each check fails with the reason.
    "rule": Text(1024),
    "global_rule": Text(),
    "comment_id": Text(128, shortest=1),
    "comment": Text(1024),
    "principal_id": Text(256, shortest=1),
    "principal_name": Text(256),
    "role": Text(choices=tuple(RoleType.values)),
    "logger": Text(512),
    "log_level": Text(choices=LOG_LEVELS),
    "property_name": Text(255),
    # A text that is not of the property's type is stored, and sets nothing.
    "property_value": Text(1024),
    "download_id": Text(128),
    "expires": Number(-MAX_LONG - 1, MAX_LONG, "a number of 64 bits"),
    "upgrader_uuid": Text(128),
}


def describe_fault(**values: Any) -> str:
    """Describe the first value out of its range; empty if all are in range or None."""
    for name, value in values.items():
        if value is not None and (fault := RANGES[name].find_fault(value)):
            return f"The {name} {fault}"
    return ""


def describe_coordinates_fault(group_id: str | None, artifact_id: str | None) -> str:
    """Describe the excess length of both ids together; empty if they fit."""
    text = f"{group_id or ''}{artifact_id or ''}"
    # A character has at most four bytes, so that most ids need not be encoded.
    if 4 * len(text) <= MAX_COORDINATES_BYTES:
        return ""
    size = len(text.encode())
    if size <= MAX_COORDINATES_BYTES:
        return ""
    return f"The group_id and artifact_id have {size} bytes; {MAX_COORDINATES_BYTES} is the limit"
