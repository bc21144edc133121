"""Apicurio's rules for Protobuf: names, numbers and types stay, what goes is reserved.

They are stricter than the wire format, since JSON and generated code need the names, too.
"""

from collections.abc import Iterator, Mapping

from registry.artifact_types.checks import Document, Misfit, Severity
from registry.artifact_types.protobuf.shape import Call, Shape, Shapes, shapes_of_both, uncovered


def misfits(reader: Document, writer: Document) -> list[Misfit]:
    """What of the writer's file the reader's has changed in a way that Apicurio refuses."""
    shapes = shapes_of_both(reader, writer)
    return [shapes] if isinstance(shapes, Misfit) else list(_misfits(*shapes))


def _misfits(before: Shapes, after: Shapes) -> Iterator[Misfit]:
    for name, shape in before.types.items():
        now = after.types.get(name)
        if now is None:
            yield from _of_removed_type(shape)
            continue
        yield from _of_reserved(shape, now)
        yield from _of_removed(shape, now)
        yield from _of_changed(shape, now)
        yield from _of_renamed(shape, now)
    for name, calls in before.services.items():
        yield from _of_service(name, calls, after)


def _of_removed_type(shape: Shape) -> Iterator[Misfit]:
    if shape.members:
        told = f"The {shape.kind} {shape.name} is gone"
        yield Misfit(told, "Who uses it finds nothing", shape.name)


def _of_reserved(shape: Shape, now: Shape) -> Iterator[Misfit]:
    for each in now.members.values():
        if each.name in shape.reserved_names or shape.reserves(each.number):
            told = f"{shape.name}.{each.name} = {each.number} uses what was reserved"
            why = "Old data may hold something else under that name or number"
            yield Misfit(told, why, f"{shape.name}.{each.name}", each.line)
    names = sorted(shape.reserved_names - now.reserved_names - now.members.keys())
    numbers = uncovered(shape.reserved_numbers, now.reserved_numbers)
    gone = [*names, *(f"{each.start} to {each.stop - 1}" for each in numbers)]
    if gone:
        told = f"{shape.name} no longer reserves {', '.join(gone)}"
        yield Misfit(told, "It may be used again for something else", shape.name, now.line)


def _of_removed(shape: Shape, now: Shape) -> Iterator[Misfit]:
    """A field that is gone has to leave its name and its number reserved."""
    numbers = now.by_number()
    for each in shape.members.values():
        if each.name in now.members or each.number in numbers:
            continue
        if each.name not in now.reserved_names or not now.reserves(each.number):
            told = f"{shape.name}.{each.name} = {each.number} is gone and not reserved"
            mend = f"Both may be used again for something else: reserve {each.number} and the name"
            yield Misfit(told, mend, f"{shape.name}.{each.name}", now.line)


def _of_changed(shape: Shape, now: Shape) -> Iterator[Misfit]:
    for name, each in shape.members.items():
        found = now.members.get(name)
        if found is None:
            continue
        path = f"{shape.name}.{name}"
        if found.number != each.number:
            told = f"The number of {path} was {each.number} and is {found.number}"
            yield Misfit(told, "Data that has it is not found again", path, found.line)
        if found.type != each.type:
            told = f"The type of {path} was {each.type} and is {found.type}"
            yield Misfit(told, "Data that has it is read as something else", path, found.line)
        elif found.label != each.label:
            yield _of_label(path, each.label, found.label, found.line)


def _of_label(path: str, before: str, after: str, line: int) -> Misfit:
    """Apicurio minds `required` only: who lacks such a field can't be read at all."""
    told = f"{path} was {before} and is {after}"
    if "required" in (before, after):
        return Misfit(told, "A message without it is refused by one side", path, line)
    why = "Of several values one is kept, or one becomes a list"
    return Misfit(told, why, path, line, Severity.WARNING)


def _of_renamed(shape: Shape, now: Shape) -> Iterator[Misfit]:
    by_number = shape.by_number()
    for each in now.members.values():
        before = by_number.get(each.number)
        is_alias = before is not None and before.name in now.members
        if before is None or before.name == each.name or is_alias:
            if before is None and each.label == "required":
                told = f"{shape.name}.{each.name} is new and required"
                yield Misfit(told, "Old data has none", f"{shape.name}.{each.name}", each.line)
            continue
        told = f"{shape.name}: number {each.number} was {before.name} and is {each.name}"
        why = "JSON and generated code know it by its old name"
        yield Misfit(told, why, f"{shape.name}.{each.name}", each.line)


def _of_service(name: str, calls: Mapping[str, Call], after: Shapes) -> Iterator[Misfit]:
    now = after.services.get(name, {})
    for each in calls:
        if each not in now:
            yield Misfit(f"The rpc {name}.{each} is gone", "Who calls it fails", f"{name}.{each}")
        elif now[each].signature != calls[each].signature:
            told = f"The rpc {name}.{each} is {now[each].signature} now"
            yield Misfit(told, "Who calls it as before fails", f"{name}.{each}", now[each].line)
