"""Apicurio's rules for Protobuf: names, numbers and types stay, what goes is reserved.

They are stricter than the wire format, since JSON and generated code need the names, too.
"""

from collections.abc import Iterator, Mapping

from registry.artifact_types.checks import Document, Incompatibility, Severity
from registry.artifact_types.protobuf.shape import (
    Member,
    Method,
    TypeShape,
    compile_shapes,
    uncovered_ranges,
)


def incompatibilities(reader: Document, writer: Document) -> list[Incompatibility]:
    """List changes from the writer's file to the reader's that Apicurio rejects."""
    shapes = compile_shapes(reader, writer)
    if isinstance(shapes, Incompatibility):
        return [shapes]
    before, after = shapes
    found: list[Incompatibility] = []
    for name, old in before.types.items():
        new = after.types.get(name)
        if new is not None:
            found += _compare_reserved(old, new)
            found += _compare_members(old, new)
            found += _compare_numbers(old, new)
        elif old.members:
            found.append(
                Incompatibility(f"The {old.kind} {name} is gone", "Who uses it finds nothing", name)
            )
    for name, methods in before.services.items():
        found += _compare_services(name, methods, after.services.get(name, {}))
    return found


def _compare_reserved(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    for member in new.members.values():
        if member.name in old.reserved_names or old.reserves(member.number):
            path = f"{new.name}.{member.name}"
            message = f"{path} = {member.number} uses what was reserved"
            why = "Old data may hold something else under that name or number"
            yield Incompatibility(message, why, path, member.line)
    names = sorted(old.reserved_names - new.reserved_names - new.members.keys())
    ranges = uncovered_ranges(old.reserved_numbers, new.reserved_numbers)
    gone = [*names, *(f"{numbers.start} to {numbers.stop - 1}" for numbers in ranges)]
    if gone:
        message = f"{new.name} no longer reserves {', '.join(gone)}"
        yield Incompatibility(
            message, "It may be used again for something else", new.name, new.line
        )


def _compare_members(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    """Compare members by name; one that is gone has to leave its name and number reserved."""
    numbers = new.by_number()
    for name, member in old.members.items():
        if name in new.members or member.number in numbers:
            continue
        if name not in new.reserved_names or not new.reserves(member.number):
            path = f"{old.name}.{name}"
            message = f"{path} = {member.number} is gone and not reserved"
            why = f"Both may be used again for something else: reserve {member.number} and the name"
            yield Incompatibility(message, why, path, new.line)
    for name, member in old.members.items():
        if name in new.members:
            yield from _compare_member(f"{old.name}.{name}", member, new.members[name])


def _compare_member(path: str, old: Member, new: Member) -> Iterator[Incompatibility]:
    if new.number != old.number:
        message = f"The number of {path} was {old.number} and is {new.number}"
        yield Incompatibility(message, "Data that has it is not found again", path, new.line)
    if new.type != old.type:
        message = f"The type of {path} was {old.type} and is {new.type}"
        yield Incompatibility(message, "Data that has it is read as something else", path, new.line)
    elif new.label != old.label:
        message = f"{path} was {old.label} and is {new.label}"
        if "required" in (old.label, new.label):
            why = "A message without it is refused by one side"
            yield Incompatibility(message, why, path, new.line)
        else:
            # Apicurio minds `required` only.
            why = "Of several values one is kept, or one becomes a list"
            yield Incompatibility(message, why, path, new.line, Severity.WARNING)


def _compare_numbers(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    """Compare members by number; an enum's aliases may share one."""
    by_number = old.by_number()
    for member in new.members.values():
        path = f"{new.name}.{member.name}"
        before = by_number.get(member.number)
        if before is None:
            if member.label == "required":
                message = f"{path} is new and required"
                yield Incompatibility(message, "Old data has none", path, member.line)
        elif before.name != member.name and before.name not in new.members:
            message = f"{new.name}: number {member.number} was {before.name} and is {member.name}"
            why = "JSON and generated code know it by its old name"
            yield Incompatibility(message, why, path, member.line)


def _compare_services(
    service: str, old: Mapping[str, Method], new: Mapping[str, Method]
) -> Iterator[Incompatibility]:
    for name, method in old.items():
        path = f"{service}.{name}"
        if name not in new:
            yield Incompatibility(f"The rpc {path} is gone", "Who calls it fails", path)
        elif new[name].signature != method.signature:
            message = f"The rpc {path} is {new[name].signature} now"
            yield Incompatibility(message, "Who calls it as before fails", path, new[name].line)
