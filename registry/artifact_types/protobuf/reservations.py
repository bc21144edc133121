"""Checks reservations: removed names and numbers are reserved, and stay so in later versions."""

from collections.abc import Iterator

from registry.artifact_types.checks import Incompatibility
from registry.artifact_types.protobuf.numbers import NumberRanges
from registry.artifact_types.protobuf.shape import MAX_NAMES, TypeShape, list_names


def broken_reservations(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    """Report missing and lost reservations, and uses of reserved names and numbers."""
    yield from _used(old, new)
    names = sorted(old.reserved_names - new.reserved_names - new.members.keys())
    used = (range(member.number, member.number + 1) for member in new.members.values())
    ranges = list(old.reserved_numbers.without((*new.reserved_numbers, *used)))
    if names or ranges:
        spelled = [*names, *map(_spell_range, ranges)]
        message = f"{new.name} no longer reserves {list_names(spelled)}"
        why = f"It may be used again for something else: {_remedy(new, ranges, names)}"
        yield Incompatibility(message, why, new.name, new.line)
    yield from _unreserved(old, new)


def _used(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    for member in new.members.values():
        used = {"number": str(member.number)} if member.number in old.reserved_numbers else {}
        used |= {"name": member.name} if member.name in old.reserved_names else {}
        if used:
            path = f"{new.name}.{member.name}"
            reserved = " and ".join(f"the reserved {kind} {value}" for kind, value in used.items())
            message = f"{path} = {member.number} uses {reserved}"
            why = f"Old data may hold something else under it: choose another {' and '.join(used)}"
            yield Incompatibility(message, why, path, member.line)


def _unreserved(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    old_names, new_names = old.names_by_number(), new.names_by_number()
    for name, member in old.members.items():
        number = member.number
        if name in new.members or not set(new_names.get(number, ())) <= set(old_names[number]):
            # It is there, or was renamed.
            continue
        numbers = []
        # Another constant of an enum may go on using the number.
        if number not in new_names and number not in new.reserved_numbers:
            numbers = [range(number, number + 1)]
        names = [] if name in new.reserved_names else [name]
        if numbers or names:
            path, missing = f"{old.name}.{name}", "number is" if numbers else "name is"
            if numbers and names:
                missing = "number and name are"
            message = f"{path} = {number} is gone, and its {missing} not reserved"
            remedy = _remedy(new, numbers, names)
            why = f"It may be used again for something else: {remedy}"
            yield Incompatibility(message, why, path, new.line)


def _remedy(new: TypeShape, ranges: list[range], names: list[str]) -> str:
    """Return the text to paste into the newer version."""
    where = f"the {new.kind} {new.name}{f' in {new.file}' if new.file else ''}"
    if len(ranges) + len(names) > MAX_NAMES:
        return f"reserve all of them in {where} again"
    names = [name if new.is_in_edition else f'"{name}"' for name in names]
    parts = [", ".join(map(_spell_range, ranges)), ", ".join(names)]
    statements = " ".join(f"reserved {part};" for part in parts if part)
    remedy = f"add `{statements}` to {where}"
    if list(NumberRanges(ranges).without(new.extension_numbers)) != ranges:
        return f"take {parts[0]} out of `extensions` and {remedy}"
    return remedy


def _spell_range(numbers: range) -> str:
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
