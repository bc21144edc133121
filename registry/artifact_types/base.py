"""What an artifact type is: a plain value made of functions over content bytes."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging

#: Contents by the names that refer to them, each after those that it needs itself.
References = Mapping[str, bytes]


class CanonicalGeneration(Enum):
    """Which releases' canonical forms to give: those up to 2.5.8 or those from 2.5.9 on."""

    A1 = "2.1.4"
    A2 = "2.6"


class UnknownArtifactType(ValueError):
    """No artifact type has that name; the message lists those there are."""


class CannotDereference(ValueError):
    """Content into which its references can't be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What content says about itself, to be used where a request gives no name or description."""

    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """One kind of content. None of its functions but `dereference` raises, whatever the bytes are.

    `title` is what people call it. `media_type_of` gives the content type of an answer that carries
    the content. References are contents by the names that refer to them, in order of resolution:
    each before those that need it. `canonicalize` takes the content, the generation and the
    references; content that it cannot read comes back as it is. `judging` gives what rules ask, and
    loads what that needs when it is first called. `is_compared` tells whether it compares two
    contents, without loading anything. `dereference` takes the content and the
    references, and gives the content with them written into it; it raises CannotDereference. None
    where no way is known.
    """

    name: str
    title: str
    media_type: str
    detects: Callable[[Candidate], bool]
    extract: Callable[[bytes], Extracted]
    canonicalize: Callable[[bytes, CanonicalGeneration, References], bytes]
    media_type_of: Callable[[bytes], str]
    judging: Callable[[], Judging]
    is_compared: bool = False
    dereference: Callable[[bytes, References], bytes] | None = None


def nothing_extracted(content: bytes) -> Extracted:
    """For types whose content carries no name or description of itself."""
    return Extracted()


def unchanged(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """The canonical form of content that has no other."""
    return content


def always(media_type: str) -> Callable[[bytes], str]:
    """A `media_type_of` for types whose content has one syntax only."""
    return lambda content: media_type


def sha256_hex(content: bytes) -> str:
    """Lower-case hexadecimal SHA-256, as the journal and the tables hold it."""
    return hashlib.sha256(content).hexdigest()
