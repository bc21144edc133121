"""Defines an artifact type: a plain value with functions over content bytes."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module

from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import TypeChecks

#: Contents by the names that refer to them, each after those that it needs itself.
References = Mapping[str, bytes]


@dataclass(slots=True, eq=False)
class ReferencedContent:
    """A referenced content, and its own references by name."""

    content: bytes
    type_name: str
    references: dict[str, "ReferencedContent"] = field(default_factory=dict)


ReferencedContents = Mapping[str, ReferencedContent]
#: Returns a referenced content as a value to write into JSON, and whether `$ref`s in it lead to
#: its references; in other values there are none left. Raises DereferenceError.
Embed = Callable[[ReferencedContent], tuple[object, bool]]


class CanonicalGeneration(Enum):
    """The releases with one canonical form: up to 2.5.8, or from 2.5.9 on."""

    A1 = "2.1.4"
    A2 = "2.6"


class UnknownArtifactType(ValueError):
    """No artifact type has this name; the message lists the known names."""


class DereferenceError(ValueError):
    """The references can't be written into the content; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class ExtractedMetadata:
    """The name and description in a content, for requests without them."""

    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """A kind of content. Only `dereference` may raise; the other functions accept any bytes.

    `title` is the name for people, `detection_reason` explains a detection to them.
    `get_media_type` returns the Content-Type for a response with a content. `canonicalize`
    returns unreadable content unchanged. `load_checks` imports the libraries of the checks at its
    first call; `supports_comparison` states without imports whether they compare two contents.
    `dereference` returns the content with its references written into it, or raises
    DereferenceError; None if there is no way to do so. `has_refs` states whether `$ref`s in content
    lead to its references.
    """

    name: str
    title: str
    media_type: str
    detects: Callable[[Candidate], bool]
    detection_reason: str
    extract: Callable[[bytes], ExtractedMetadata]
    canonicalize: Callable[[bytes, CanonicalGeneration, References], bytes]
    get_media_type: Callable[[bytes], str]
    load_checks: Callable[[], TypeChecks]
    supports_comparison: bool = False
    dereference: Callable[[bytes, ReferencedContents, Embed], bytes] | None = None
    has_refs: bool = False


def extract_nothing(content: bytes) -> ExtractedMetadata:
    """Extract nothing, for types without a name or description in their contents."""
    return ExtractedMetadata()


def canonicalize_unchanged(
    content: bytes, generation: CanonicalGeneration, references: References
) -> bytes:
    """Return the content, for types without a canonical form."""
    return content


def fixed_media_type(media_type: str) -> Callable[[bytes], str]:
    """Return a `get_media_type` for a type with one syntax."""
    return lambda content: media_type


def lazy_checks(package: str) -> Callable[[], TypeChecks]:
    """Return a `load_checks` for CHECKS of the package's module `checks`, imported when called.

    Detection then needs none of the libraries of checks.
    """

    def load() -> TypeChecks:
        checks: TypeChecks = import_module(f"{package}.checks").CHECKS
        return checks

    return load


def in_order(references: ReferencedContents) -> dict[str, bytes]:
    """Return the contents of references and of theirs by name, each after its own references.

    The first of a name counts.
    """
    contents: dict[str, bytes] = {}
    begun: set[ReferencedContent] = set()
    stack = [(name, content, False) for name, content in reversed(list(references.items()))]
    while stack:
        name, reference, is_done = stack.pop()
        if is_done:
            contents.setdefault(name, reference.content)
        elif reference not in begun:
            begun.add(reference)
            stack.append((name, reference, True))
            inner = reversed(reference.references.items())
            stack += [(inner_name, content, False) for inner_name, content in inner]
        elif name not in contents:
            contents[name] = reference.content
    return contents


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 in lower-case hexadecimal, as in the journal and the tables."""
    return hashlib.sha256(content).hexdigest()
