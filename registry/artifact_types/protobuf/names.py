"""What the names in Protobuf sources mean: innermost scope first, as protoc looks for them."""

from collections.abc import Collection, Iterator

from registry.artifact_types.protobuf.source import Enum, Extend, File, Message


def types_of(file: File) -> Iterator[str]:
    """Full names of its messages and enums, those within others, and groups."""
    yield from _types(file.types, file.package)


def extensions_of(file: File) -> Iterator[str]:
    """Full names of the fields by which it extends other messages."""
    yield from _extensions(file.extends, file.package)
    for scope, message in messages_of(file):
        yield from _extensions(message.extends, joined(scope, message.name))


def messages_of(file: File) -> Iterator[tuple[str, Message]]:
    """Every message with the scope that it stands in."""
    waiting: list[tuple[str, Message | Enum]] = [(file.package, each) for each in file.types]
    while waiting:
        scope, each = waiting.pop()
        if isinstance(each, Message):
            yield scope, each
            inner = joined(scope, each.name)
            waiting += [(inner, one) for one in [*each.types, *groups_of(each)]]


def groups_of(message: Message) -> list[Message]:
    found = (getattr(member, "message", None) for member in message.members)
    return [each for each in found if isinstance(each, Message)]


def resolved(name: str, scope: str, known: Collection[str]) -> str | None:
    """The full name of what a name means in a scope; None if it is not known."""
    if name.startswith("."):
        return name[1:] if name[1:] in known else None
    steps = scope.split(".") if scope else []
    for length in range(len(steps), -1, -1):
        full = joined(".".join(steps[:length]), name)
        if full in known:
            return full
    return None


def joined(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _types(types: list[Message | Enum], scope: str) -> Iterator[str]:
    waiting = [(scope, each) for each in types]
    while waiting:
        around, each = waiting.pop()
        full = joined(around, each.name)
        yield full
        if isinstance(each, Message):
            waiting += [(full, one) for one in [*each.types, *groups_of(each)]]


def _extensions(extends: list[Extend], scope: str) -> Iterator[str]:
    return (joined(scope, field.name) for extend in extends for field in extend.fields)
