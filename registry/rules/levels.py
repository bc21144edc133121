"""Defines the rules and their levels, as Apicurio names them."""

from collections.abc import Mapping
from enum import StrEnum

from registry.errors import RegistryError


class Validity(StrEnum):
    NONE = "NONE"
    SYNTAX_ONLY = "SYNTAX_ONLY"
    FULL = "FULL"


class Compatibility(StrEnum):
    """BACKWARD: the new content reads data of the last version; FORWARD: the reverse.

    Transitive levels look at all versions instead of the last one.
    """

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def is_transitive(self) -> bool:
        return self.value.endswith("_TRANSITIVE")

    @property
    def is_backward(self) -> bool:
        return self.value.startswith(("BACKWARD", "FULL"))

    @property
    def is_forward(self) -> bool:
        return self.value.startswith(("FORWARD", "FULL"))


class Integrity(StrEnum):
    """FULL stands for all others; several may be joined by commas."""

    NONE = "NONE"
    REFS_EXIST = "REFS_EXIST"
    ALL_REFS_MAPPED = "ALL_REFS_MAPPED"
    NO_DUPLICATES = "NO_DUPLICATES"
    FULL = "FULL"


class UnknownLevel(RegistryError):
    """The rule has no such level (HTTP 409); the message lists its levels."""


VALIDITY, COMPATIBILITY, INTEGRITY = "VALIDITY", "COMPATIBILITY", "INTEGRITY"

#: In the order of the checks, of which the first refusal is reported: of a content that is no
#: schema nothing else can be said.
LEVELS: Mapping[str, type[StrEnum]] = {
    VALIDITY: Validity,
    INTEGRITY: Integrity,
    COMPATIBILITY: Compatibility,
}


def parse_levels(rule: str, configuration: str | None) -> frozenset[str]:
    """Return the levels in a configuration, more than one for INTEGRITY only.

    NONE is no level. Raises UnknownLevel.
    """
    known = LEVELS.get(rule)
    if known is None:
        raise UnknownLevel(f"There is no rule {rule!r}; there are {', '.join(LEVELS)}.")
    levels = [level.strip() for level in (configuration or "NONE").split(",")]
    unknown = [level for level in levels if level not in known.__members__]
    if unknown or (len(levels) > 1 and rule != INTEGRITY):
        names = ", ".join(known.__members__)
        raise UnknownLevel(f"The rule {rule} has no level {configuration!r}; it has {names}.")
    return frozenset(levels) - {"NONE"}
