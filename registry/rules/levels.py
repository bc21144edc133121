"""What rules there are and how strict each may be, as Apicurio names them."""

from collections.abc import Mapping
from enum import StrEnum

from registry.errors import RegistryError


class Validity(StrEnum):
    NONE = "NONE"
    SYNTAX_ONLY = "SYNTAX_ONLY"
    FULL = "FULL"


class Compatibility(StrEnum):
    """BACKWARD: the new content reads what the last version wrote. FORWARD: the other way round.

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
    """FULL is all of the others; several may be joined by commas."""

    NONE = "NONE"
    REFS_EXIST = "REFS_EXIST"
    ALL_REFS_MAPPED = "ALL_REFS_MAPPED"
    NO_DUPLICATES = "NO_DUPLICATES"
    FULL = "FULL"


class UnknownLevel(RegistryError):
    """A rule has no such level (HTTP 409); the message lists those there are."""


VALIDITY, COMPATIBILITY, INTEGRITY = "VALIDITY", "COMPATIBILITY", "INTEGRITY"

#: The rules in the order in which they are looked at: what is invalid is not compared.
LEVELS: Mapping[str, type[StrEnum]] = {
    VALIDITY: Validity,
    INTEGRITY: Integrity,
    COMPATIBILITY: Compatibility,
}


def parse_levels(rule: str, configuration: str | None) -> frozenset[str]:
    """The levels that a configuration names, more than one for INTEGRITY only; NONE is none.

    Raises UnknownLevel.
    """
    known = LEVELS.get(rule)
    if known is None:
        raise UnknownLevel(f"There is no rule {rule!r}; there are {', '.join(LEVELS)}.")
    named = [each.strip() for each in (configuration or "NONE").split(",")]
    wrong = [each for each in named if each not in known.__members__]
    if wrong or (len(named) > 1 and rule != INTEGRITY):
        told = ", ".join(known.__members__)
        raise UnknownLevel(f"The rule {rule} has no level {configuration!r}; it has {told}.")
    return frozenset(named) - {"NONE"}
