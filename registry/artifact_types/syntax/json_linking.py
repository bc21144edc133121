"""Follows the `$ref`s of a JSON document, and those of its references."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from registry.artifact_types.base import (
    DereferenceError,
    Embed,
    ReferencedContent,
    ReferencedContents,
)
from registry.artifact_types.syntax.json_objects import Path, Ref, iter_links
from registry.artifact_types.syntax.json_references import (
    JsonDocument,
    Scope,
    UnknownResource,
    UnresolvedRef,
)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True, slots=True)
class Link:
    """A `$ref` of a document, and its target: a path in the same or another document."""

    document: JsonDocument
    ref: Ref
    target: JsonDocument
    path: Path


@dataclass(slots=True)
class LinkedDocuments:
    """A document and its needed documents, each once; `links` are the resolved `$ref`s.

    A `$ref` with an unknown address stays as it is, and has no link.
    """

    root: JsonDocument
    needed: list[JsonDocument] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def link(
    root: JsonDocument,
    references: ReferencedContents,
    embed: Embed,
    dialect: str = "",
    *,
    is_api: bool = False,
) -> LinkedDocuments:
    """Follow the `$ref`s of a document; raises DereferenceError.

    `dialect` is for schemas without one, `is_api` as in `iter_links`.
    """
    library = _Library(root, references, embed, dialect)
    linked = LinkedDocuments(root)
    known = {root}
    pending = [(root, library.scope(root, references))]
    while pending:
        document, scope = pending.pop(0)
        for ref in iter_links(document.objects, is_api=is_api):
            followed = _follow(document, ref, scope, is_root=document is root)
            if followed is None:
                continue
            linked.links.append(followed)
            if followed.target not in known:
                known.add(followed.target)
                linked.needed.append(followed.target)
                pending.append((followed.target, library.scope_of(followed.target)))
    return linked


def _follow(document: JsonDocument, ref: Ref, scope: Scope, *, is_root: bool) -> Link | None:
    """Return the link, or None to leave the `$ref` as it is; raises DereferenceError."""
    referrer = "it" if is_root else repr(document.name)
    try:
        return Link(document, ref, *scope.find(document, ref))
    except UnknownResource:
        if ref.is_optional or has_scheme(ref.text):
            return None
        message = f"nothing is known of {ref.text!r}, which {referrer} refers to"
        raise DereferenceError(message) from None
    except UnresolvedRef:
        if ref.is_optional or (is_root and not ref.resource):
            # The document is wrong in itself, and no more so afterwards.
            return None
        message = f"there is nothing at {ref.text!r}, to which {referrer} refers"
        raise DereferenceError(message) from None


def has_scheme(address: str) -> bool:
    """Return whether an address has a scheme, and so is absolute."""
    return _SCHEME.match(address) is not None


class _Library:
    """Reads referenced contents, each once, under the first name for it."""

    def __init__(
        self, root: JsonDocument, references: ReferencedContents, embed: Embed, dialect: str
    ) -> None:
        self._root = root
        self._embed = embed
        self._dialect = dialect
        self._documents: dict[ReferencedContent, JsonDocument] = {}
        self._contents: dict[JsonDocument, ReferencedContent] = {}
        self._all = _all_references(references)
        self._outer = Scope(
            "", self._all, lambda name: self._read(name, self._all[name]), self._read_all
        )

    def scope(self, document: JsonDocument, references: ReferencedContents) -> Scope:
        """Return the scope of a document: its references, and by name also theirs."""
        return Scope(
            document.address,
            references,
            lambda name: self._read(name, references[name]),
            outer=self._outer,
        )

    def scope_of(self, document: JsonDocument) -> Scope:
        return self.scope(document, self._contents[document].references)

    def _read(self, name: str, content: ReferencedContent) -> JsonDocument:
        if content not in self._documents:
            try:
                value, has_refs = self._embed(content)
            except DereferenceError as error:
                raise DereferenceError(f"of {name!r}, {error}") from error
            resource = name.partition("#")[0]
            document = JsonDocument.read(value, resource, self._dialect, has_refs=has_refs)
            self._documents[content] = document
            self._contents[document] = content
        return self._documents[content]

    def _read_all(self) -> Iterable[JsonDocument]:
        """Read all readable references; no `$ref` leads to the others so far.

        The root, to which references may lead back by its address, is the first.
        """
        yield self._root
        for name, content in self._all.items():
            with suppress(DereferenceError):
                yield self._read(name, content)


def _all_references(references: ReferencedContents) -> dict[str, ReferencedContent]:
    """List references by name, nearer ones first; the first of a name counts."""
    references_by_name: dict[str, ReferencedContent] = {}
    visited: set[ReferencedContent] = set()
    pending = [references]
    while pending:
        for name, content in pending.pop(0).items():
            references_by_name.setdefault(name, content)
            if content not in visited:
                visited.add(content)
                pending.append(content.references)
    return references_by_name
