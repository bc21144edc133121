"""Apicurio's rules for Protobuf: names, numbers and types stay, what goes is reserved.

They are stricter than the wire format, since JSON and generated code need the names, too.
"""

from collections.abc import Iterator

from registry.artifact_types.checks import Document, Incompatibility, Severity
from registry.artifact_types.protobuf.shape import (
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
    changes: list[Incompatibility] = []
    for name, old in before.types.items():
        new = after.types.get(name)
        if new is not None:
            changes += _compare_reserved(old, new)
            changes += _compare_members(old, new)
            changes += _compare_numbers(old, new)
        elif old.members:
            changes.append(
                Incompatibility(f"The {old.kind} {name} is gone", "Who uses it finds nothing", name)
            )
    for service, methods in before.services.items():
        new_methods = after.services.get(service, {})
        for name, method in methods.items():
            path, new_method = f"{service}.{name}", new_methods.get(name)
            if new_method is None:
                changes.append(
                    Incompatibility(f"The rpc {path} is gone", "Who calls it fails", path)
                )
            elif new_method.signature != method.signature:
                message = f"The rpc {path} is {new_method.signature} now"
                why = "Who calls it as before fails"
                changes.append(Incompatibility(message, why, path, new_method.line))
    return changes


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
    for name, before in old.members.items():
        after = new.members.get(name)
        if after is None:
            continue
        path = f"{old.name}.{name}"
        if after.number != before.number:
            message = f"The number of {path} was {before.number} and is {after.number}"
            yield Incompatibility(message, "Data that has it is not found again", path, after.line)
        if after.type != before.type:
            message = f"The type of {path} was {before.type} and is {after.type}"
            why = "Data that has it is read as something else"
            yield Incompatibility(message, why, path, after.line)
        elif after.label != before.label:
            message = f"{path} was {before.label} and is {after.label}"
            # Apicurio minds `required` only.
            is_error = "required" in (before.label, after.label)
            why = "Of several values one is kept, or one becomes a list"
            if is_error:
                why = "A message without it is refused by one side"
            severity = Severity.ERROR if is_error else Severity.WARNING
            yield Incompatibility(message, why, path, after.line, severity)


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
