"""Resolves names in Protobuf sources, innermost scope first, as protoc does."""

from collections.abc import Collection, Iterator

from registry.artifact_types.protobuf.source import Enum, File, Group, Message, OneOf


def iter_types(file: File) -> Iterator[str]:
    """Iterate over the full names of messages and enums, inner ones and groups included."""
    for scope, definition in _iter_definitions(file):
        yield join_name(scope, definition.name)


def iter_extensions(file: File) -> Iterator[str]:
    """Iterate over the full names of extension fields."""
    scopes = [(file.package, file.extends)]
    scopes += [
        (join_name(scope, message.name), message.extends) for scope, message in iter_messages(file)
    ]
    for scope, extends in scopes:
        for extend in extends:
            for field in extend.fields:
                yield join_name(scope, field.name)


def iter_symbols(file: File) -> Iterator[str]:
    """Iterate over the full names of all definitions of a file; protoc allows each name once."""
    yield from iter_extensions(file)
    yield from (join_name(file.package, service.name) for service in file.services)
    for scope, definition in _iter_definitions(file):
        full_name = join_name(scope, definition.name)
        yield full_name
        if isinstance(definition, Enum):
            # Constants are siblings of their enum.
            yield from (join_name(scope, constant.name) for constant in definition.constants)
            continue
        for member in definition.members:
            if isinstance(member, Group):
                yield join_name(full_name, member.message.name.lower())
                continue
            yield join_name(full_name, member.name)
            if isinstance(member, OneOf):
                yield from (join_name(full_name, field.name) for field in member.fields)


def iter_messages(file: File) -> Iterator[tuple[str, Message]]:
    """Iterate over all messages with their scopes."""
    for scope, definition in _iter_definitions(file):
        if isinstance(definition, Message):
            yield scope, definition


def resolve_name(name: str, scope: str, known: Collection[str]) -> str | None:
    """Return the full name for a name in a scope; None if it is unknown."""
    if name.startswith("."):
        return name[1:] if name[1:] in known else None
    steps = scope.split(".") if scope else []
    for length in range(len(steps), -1, -1):
        full_name = join_name(".".join(steps[:length]), name)
        if full_name in known:
            return full_name
    return None


def join_name(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _iter_definitions(file: File) -> Iterator[tuple[str, Message | Enum]]:
    stack: list[tuple[str, Message | Enum]] = [
        (file.package, definition) for definition in file.types
    ]
    while stack:
        scope, definition = stack.pop()
        yield scope, definition
        if isinstance(definition, Message):
            inner_scope = join_name(scope, definition.name)
            groups = [member.message for member in definition.members if isinstance(member, Group)]
            stack += [(inner_scope, inner) for inner in [*definition.types, *groups]]
