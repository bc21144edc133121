"""Compares oneofs: of several fields set by a writer, a reader's oneof keeps one."""

from collections.abc import Iterator

from registry.artifact_types.checks import Direction, Incompatibility
from registry.artifact_types.protobuf.shape import Member, TypeShape, list_names


def shared_oneofs(
    old: TypeShape, new: TypeShape, direction: Direction
) -> Iterator[Incompatibility]:
    """Report the reader's oneofs if the writer may set several fields of one together."""
    is_backward = direction is Direction.BACKWARD
    writer, reader = (old, new) if is_backward else (new, old)
    written = writer.by_number()
    oneofs: dict[str, list[Member]] = {}
    for member in reader.members.values():
        if member.oneof and member.number in written:
            oneofs.setdefault(member.oneof, []).append(member)
    for oneof, fields in oneofs.items():
        # A field outside of oneofs can be set together with every other field.
        origins = {written[field.number].oneof or field.number for field in fields}
        if len(origins) > 1:
            names = list_names([field.name for field in fields])
            now = "share" if is_backward else "no longer share"
            lines = new.by_number()
            yield Incompatibility(
                f"{names} {now} the oneof {new.name}.{oneof}",
                "Where several of them are set only the last one is read",
                f"{new.name}.{oneof}",
                lines[fields[0].number].line,
            )
