"""Writes linked documents into one; every `$ref` becomes a pointer from its root.

For API documents, and schemas of JSON Schema's older drafts, whose `$ref`s ignore addresses inside
of documents. Embedded documents lose their addresses and anchors, since nothing uses them.
"""

import re
from collections import Counter
from urllib.parse import quote

from registry.artifact_types.base import DereferenceError
from registry.artifact_types.syntax.json_linking import Link, LinkedDocuments
from registry.artifact_types.syntax.json_objects import Path
from registry.artifact_types.syntax.json_positions import pointer
from registry.artifact_types.syntax.json_references import JsonDocument

_ANCHORS = ("$anchor", "$dynamicAnchor", "$recursiveAnchor")


def flatten(linked: LinkedDocuments, home: Path) -> None:
    """Write the needed documents below `home` in the root; raises DereferenceError."""
    if not linked.needed:
        return
    _reject_dynamic_refs(linked)
    by_pointer = [link for link in linked.links if not _put_inline(link)]
    targets = {link.target for link in by_pointer} - {linked.root}
    home_object = make_home(linked.root, home) if targets else {}
    places: dict[JsonDocument, Path] = {linked.root: ()}
    for document in linked.needed:
        if document in targets:
            key = free_key(document.name, home_object)
            home_object[key] = document.value
            places[document] = (*home, key)
    for link in by_pointer:
        if not _stays(link, linked.root):
            link.ref.holder[link.ref.key] = fragment((*places[link.target], *link.path))
    for document in linked.needed:
        _remove_addresses(document, is_root=False)
    _remove_addresses(linked.root, is_root=True)


def make_home(root: JsonDocument, home: Path) -> dict[str, object]:
    """Return the object at `home`, made if it is not there; raises DereferenceError."""
    value = root.value
    for step in home:
        value = value.setdefault(step, {}) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise DereferenceError(f"{pointer(home)} is no object")
    return value


def free_key(name: str, taken: dict[str, object]) -> str:
    """Return a free key, made of a reference's name."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_") or "referenced"
    key, number = plain, 1
    while key in taken:
        number += 1
        key = f"{plain}_{number}"
    return key


def fragment(path: Path) -> str:
    """Format a path as the fragment of an address."""
    return "#" + quote(pointer(path), safe="/~!$&'(),;=*+:@-._")


def _put_inline(link: Link) -> bool:
    """Put a document of another format in place of its `$ref`, as AsyncAPI expects."""
    path = link.ref.path
    if link.target.has_refs or not path:
        return False
    holder = link.document.value_at(path[:-1])
    if not isinstance(holder, dict) or "schemaFormat" not in holder:
        return False
    holder[str(path[-1])] = link.target.value_at(link.path)
    return True


def _stays(link: Link, root: JsonDocument) -> bool:
    """Return whether a `$ref` from the root to the root needs no change."""
    return (
        link.document is link.target is root
        and not root.places[id(link.ref.holder)].resource
        and not root.place_at(link.path).resource
    )


def _remove_addresses(document: JsonDocument, *, is_root: bool) -> None:
    for _, holder in document.objects:
        place = document.places[id(holder)]
        if is_root and not place.resource:
            continue
        for key in (place.id_keyword, *_ANCHORS):
            if isinstance(holder.get(key), str | bool):
                del holder[key]


def _reject_dynamic_refs(linked: LinkedDocuments) -> None:
    """Raise DereferenceError if the target of a `$ref` depends on the way to it."""
    anchors: Counter[str] = Counter()
    for document in (linked.root, *linked.needed):
        for _, holder in document.objects:
            if isinstance(anchor := holder.get("$dynamicAnchor"), str):
                anchors[anchor] += 1
    for link in linked.links:
        is_dynamic = link.ref.key == "$dynamicRef" and anchors[link.ref.fragment] > 1
        if is_dynamic or (link.ref.key == "$recursiveRef" and link.document is not linked.root):
            raise DereferenceError(
                f"where the {link.ref.key} in {link.document.name or 'it'!r} leads depends on the "
                "document around it"
            )
