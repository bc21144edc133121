"""Contents that refer to each other, as the tables hold them."""

from collections.abc import Mapping

from registry.artifact_types import ReferencedContent


def referenced(kind: str, contents: Mapping[str, bytes]) -> dict[str, ReferencedContent]:
    """Contents of one type by their names; each may refer to all of them."""
    known = {name: ReferencedContent(content, kind) for name, content in contents.items()}
    for each in known.values():
        each.references.update(known)
    return known


def in_turn(kind: str, *contents: bytes) -> dict[str, ReferencedContent]:
    """Contents of one type, of which each may refer to those before it."""
    known: dict[str, ReferencedContent] = {}
    for at, content in enumerate(contents):
        known[str(at)] = ReferencedContent(content, kind, dict(known))
    return known
