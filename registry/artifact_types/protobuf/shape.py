"""A compiled file as compatibility looks at it: messages, enums and services by their names."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from registry.artifact_types.checks import Document, Misfit
from registry.artifact_types.protobuf.compiling import Compiled, compiled

_KINDS = FieldDescriptorProto.Type
_LABELS = FieldDescriptorProto.Label
# Field numbers of descriptor.proto, of which the paths of source locations are made.
_MESSAGES, _ENUMS, _SERVICES = 4, 5, 6
_FIELDS, _NESTED, _NESTED_ENUMS = 2, 3, 4
_VALUES, _METHODS = 2, 2

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A field, or a constant of an enum, whose `type` is empty.

    `type` is spelled as in the language, names of the same package without it; `oneof` is the name
    of the one it stands in.
    """

    name: str
    number: int
    type: str = ""
    label: str = ""
    oneof: str = ""
    line: int = 0

    @property
    def is_repeated(self) -> bool:
        return self.label == "repeated"


@dataclass(slots=True)
class Shape:
    """A message or an enum."""

    name: str
    kind: str
    members: dict[str, Member] = field(default_factory=dict)
    reserved_names: set[str] = field(default_factory=set)
    reserved_numbers: list[range] = field(default_factory=list)
    line: int = 0

    def by_number(self) -> dict[int, Member]:
        return {each.number: each for each in self.members.values()}

    def reserves(self, number: int) -> bool:
        return any(number in each for each in self.reserved_numbers)


@dataclass(frozen=True, slots=True)
class Call:
    """A method of a service: what it takes and gives, as it is spelled."""

    name: str
    signature: str
    line: int = 0


@dataclass(slots=True)
class Shapes:
    """All of one file; names are without the package."""

    package: str
    syntax: str
    types: dict[str, Shape] = field(default_factory=dict)
    services: dict[str, dict[str, Call]] = field(default_factory=dict)


def shapes_of_both(reader: Document, writer: Document) -> tuple[Shapes, Shapes] | Misfit:
    """Those of the writer's file and of the reader's, or that one of them is none."""
    after = compiled(reader)
    before = after if writer == reader else compiled(writer)
    if not isinstance(after, Compiled) or not isinstance(before, Compiled):
        return Misfit("One of the two does not compile", "Nothing can be read with it")
    now = shapes_of(after.file)
    return (now if before is after else shapes_of(before.file)), now


def shapes_of(file: FileDescriptorProto) -> Shapes:
    return _Reader(file).shapes()


class _Reader:
    def __init__(self, file: FileDescriptorProto) -> None:
        self.file = file
        self.prefix = f".{file.package}." if file.package else "."
        locations = file.source_code_info.location
        self.lines = {tuple(each.path): each.span[0] + 1 for each in locations}
        self.made = Shapes(file.package, file.syntax or "proto2")
        self.entries: dict[str, DescriptorProto] = {}

    def shapes(self) -> Shapes:
        for at, message in enumerate(self.file.message_type):
            self._gather_entries(message, message.name)
            self._read_message(message, message.name, (_MESSAGES, at))
        for at, enum in enumerate(self.file.enum_type):
            self._read_enum(enum, enum.name, (_ENUMS, at))
        for at, service in enumerate(self.file.service):
            self.made.services[service.name] = {
                method.name: Call(
                    method.name,
                    f"{self._streamed(method.client_streaming, method.input_type)} returns "
                    f"{self._streamed(method.server_streaming, method.output_type)}",
                    self.lines.get((_SERVICES, at, _METHODS, inner), 0),
                )
                for inner, method in enumerate(service.method)
            }
        return self.made

    def _streamed(self, is_stream: bool, name: str) -> str:
        return f"({'stream ' if is_stream else ''}{self._named(name)})"

    def _gather_entries(self, message: DescriptorProto, name: str) -> None:
        """Messages that stand for the entries of a map."""
        for each in message.nested_type:
            inner = f"{name}.{each.name}"
            if each.options.map_entry:
                self.entries[self.prefix + inner] = each
            self._gather_entries(each, inner)

    def _read_message(self, message: DescriptorProto, name: str, path: Path) -> None:
        shape = Shape(name, "message", line=self.lines.get(path, 0))
        shape.reserved_names = set(message.reserved_name)
        shape.reserved_numbers = [range(each.start, each.end) for each in message.reserved_range]
        for at, each in enumerate(message.field):
            line = self.lines.get((*path, _FIELDS, at), 0)
            shape.members[each.name] = self._member(message, each, line)
        self.made.types[name] = shape
        for at, inner in enumerate(message.nested_type):
            if not inner.options.map_entry:
                self._read_message(inner, f"{name}.{inner.name}", (*path, _NESTED, at))
        for at, enum in enumerate(message.enum_type):
            self._read_enum(enum, f"{name}.{enum.name}", (*path, _NESTED_ENUMS, at))

    def _member(self, message: DescriptorProto, each: FieldDescriptorProto, line: int) -> Member:
        is_in_oneof = each.HasField("oneof_index") and not each.proto3_optional
        oneof = message.oneof_decl[each.oneof_index].name if is_in_oneof else ""
        label = _LABELS.Name(each.label).removeprefix("LABEL_").lower()
        kind = self._type(each)
        if kind.startswith("map<"):
            label = "optional"
        return Member(each.name, each.number, kind, label, oneof, line)

    def _type(self, each: FieldDescriptorProto) -> str:
        entry = self.entries.get(each.type_name)
        if entry is not None:
            return f"map<{', '.join(map(self._type, entry.field))}>"
        if each.type_name:
            return self._named(each.type_name)
        return _KINDS.Name(each.type).removeprefix("TYPE_").lower()

    def _named(self, name: str) -> str:
        return name.removeprefix(self.prefix) if name.startswith(self.prefix) else name[1:]

    def _read_enum(self, enum: EnumDescriptorProto, name: str, path: Path) -> None:
        shape = Shape(name, "enum", line=self.lines.get(path, 0))
        shape.reserved_names = set(enum.reserved_name)
        # Unlike a message's, an enum's ranges include their ends.
        shape.reserved_numbers = [range(each.start, each.end + 1) for each in enum.reserved_range]
        for at, each in enumerate(enum.value):
            line = self.lines.get((*path, _VALUES, at), 0)
            shape.members[each.name] = Member(each.name, each.number, line=line)
        self.made.types[name] = shape


def uncovered(before: Iterable[range], after: list[range]) -> list[range]:
    """Those ranges that the others, together, do not hold."""
    return [each for each in before if not _is_covered(each, after)]


def _is_covered(numbers: range, by: list[range]) -> bool:
    start = numbers.start
    for each in sorted(by, key=lambda one: one.start):
        if each.start <= start < each.stop:
            start = each.stop
    return start >= numbers.stop
