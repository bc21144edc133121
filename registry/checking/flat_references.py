"""Referenced contents as a list, since a chain of a thousand is too deep for pickle."""

from registry.artifact_types import ReferencedContent, ReferencedContents

#: Content, type, and the references' positions in the list by name. The last one refers to all
#: that the referring content names; its own content and type are empty.
FlatReference = tuple[bytes, str, dict[str, int]]


def flatten(references: ReferencedContents) -> list[FlatReference]:
    """Return each referenced content once."""
    positions: dict[ReferencedContent, int] = {}
    found: list[ReferencedContent] = []
    waiting = list(references.values())
    while waiting:
        one = waiting.pop()
        if one not in positions:
            positions[one] = len(found)
            found.append(one)
            waiting += one.references.values()

    def to_positions(names: ReferencedContents) -> dict[str, int]:
        return {name: positions[one] for name, one in names.items()}

    flat = [(one.content, one.type_name, to_positions(one.references)) for one in found]
    return [*flat, (b"", "", to_positions(references))]


def nest(flat: list[FlatReference]) -> dict[str, ReferencedContent]:
    """Return the references from `flatten`."""
    nested = [ReferencedContent(content, type_name) for content, type_name, _ in flat]
    for one, (_, _, positions) in zip(nested, flat, strict=True):
        one.references = {name: nested[position] for name, position in positions.items()}
    return nested[-1].references
