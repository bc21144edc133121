"""A compiled file as compatibility sees it: messages, enums and services by their names."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from registry.artifact_types.checks import Document, Incompatibility
from registry.artifact_types.protobuf.compiling import CompiledFile, compile_document

_TYPES = FieldDescriptorProto.Type
_LABELS = FieldDescriptorProto.Label
# Field numbers of descriptor.proto, of which the paths of source locations are made.
_MESSAGES, _ENUMS, _SERVICES = 4, 5, 6
_FIELDS, _NESTED, _NESTED_ENUMS = 2, 3, 4
_VALUES, _METHODS = 2, 2

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A field, or a constant of an enum, whose `type` is empty.

    `type` is spelled as in the language, names of the same package without the package; `oneof` is
    the name of the oneof around it.
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
class TypeShape:
    """A message or an enum."""

    name: str
    kind: str
    members: dict[str, Member] = field(default_factory=dict)
    reserved_names: set[str] = field(default_factory=set)
    reserved_numbers: list[range] = field(default_factory=list)
    line: int = 0

    def by_number(self) -> dict[int, Member]:
        return {member.number: member for member in self.members.values()}

    def reserves(self, number: int) -> bool:
        return any(number in numbers for numbers in self.reserved_numbers)


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a service; `signature` is what it takes and returns, as it is spelled."""

    name: str
    signature: str
    line: int = 0


@dataclass(slots=True)
class FileShape:
    """All of one file; names are without the package."""

    package: str
    syntax: str
    types: dict[str, TypeShape] = field(default_factory=dict)
    services: dict[str, dict[str, Method]] = field(default_factory=dict)

    def has_enum(self, name: str) -> bool:
        return name in self.types and self.types[name].kind == "enum"


def compile_shapes(
    reader: Document, writer: Document
) -> tuple[FileShape, FileShape] | Incompatibility:
    """Compile the writer's and the reader's file, in this order."""
    after = compile_document(reader)
    before = after if writer == reader else compile_document(writer)
    if not isinstance(after, CompiledFile) or not isinstance(before, CompiledFile):
        return Incompatibility("One of the two does not compile", "Nothing can be read with it")
    shape = read_shape(after.file)
    return (shape if before is after else read_shape(before.file)), shape


def read_shape(file: FileDescriptorProto) -> FileShape:
    """Read the shape from the compiler's descriptor."""
    return _ShapeReader(file).read()


class _ShapeReader:
    def __init__(self, file: FileDescriptorProto) -> None:
        self.file = file
        self.prefix = f".{file.package}." if file.package else "."
        locations = file.source_code_info.location
        self.lines = {tuple(location.path): location.span[0] + 1 for location in locations}
        self.shape = FileShape(file.package, file.syntax or "proto2")
        #: Messages that stand for the entries of a map, by full name.
        self.map_entries: dict[str, DescriptorProto] = {}

    def read(self) -> FileShape:
        for index, message in enumerate(self.file.message_type):
            self.gather_map_entries(message, message.name)
            self.read_message(message, message.name, (_MESSAGES, index))
        for index, enum in enumerate(self.file.enum_type):
            self.read_enum(enum, enum.name, (_ENUMS, index))
        for index, service in enumerate(self.file.service):
            methods: dict[str, Method] = {}
            for method_index, method in enumerate(service.method):
                request, response = map(self.local_name, (method.input_type, method.output_type))
                request = f"stream {request}" if method.client_streaming else request
                response = f"stream {response}" if method.server_streaming else response
                line = self.lines.get((_SERVICES, index, _METHODS, method_index), 0)
                signature = f"({request}) returns ({response})"
                methods[method.name] = Method(method.name, signature, line)
            self.shape.services[service.name] = methods
        return self.shape

    def gather_map_entries(self, message: DescriptorProto, name: str) -> None:
        for nested in message.nested_type:
            nested_name = f"{name}.{nested.name}"
            if nested.options.map_entry:
                self.map_entries[self.prefix + nested_name] = nested
            self.gather_map_entries(nested, nested_name)

    def read_message(self, message: DescriptorProto, name: str, path: Path) -> None:
        shape = TypeShape(name, "message", line=self.lines.get(path, 0))
        shape.reserved_names = set(message.reserved_name)
        shape.reserved_numbers = [
            range(numbers.start, numbers.end) for numbers in message.reserved_range
        ]
        for index, descriptor in enumerate(message.field):
            is_in_oneof = descriptor.HasField("oneof_index") and not descriptor.proto3_optional
            kind = self.type(descriptor)
            shape.members[descriptor.name] = Member(
                descriptor.name,
                descriptor.number,
                kind,
                "optional"
                if kind.startswith("map<")
                else _LABELS.Name(descriptor.label).removeprefix("LABEL_").lower(),
                message.oneof_decl[descriptor.oneof_index].name if is_in_oneof else "",
                self.lines.get((*path, _FIELDS, index), 0),
            )
        self.shape.types[name] = shape
        for index, nested in enumerate(message.nested_type):
            if not nested.options.map_entry:
                self.read_message(nested, f"{name}.{nested.name}", (*path, _NESTED, index))
        for index, enum in enumerate(message.enum_type):
            self.read_enum(enum, f"{name}.{enum.name}", (*path, _NESTED_ENUMS, index))

    def type(self, descriptor: FieldDescriptorProto) -> str:
        entry = self.map_entries.get(descriptor.type_name)
        if entry is not None:
            return f"map<{', '.join(map(self.type, entry.field))}>"
        if descriptor.type_name:
            return self.local_name(descriptor.type_name)
        return _TYPES.Name(descriptor.type).removeprefix("TYPE_").lower()

    def local_name(self, name: str) -> str:
        return name.removeprefix(self.prefix) if name.startswith(self.prefix) else name[1:]

    def read_enum(self, enum: EnumDescriptorProto, name: str, path: Path) -> None:
        shape = TypeShape(name, "enum", line=self.lines.get(path, 0))
        shape.reserved_names = set(enum.reserved_name)
        # Unlike a message's, an enum's ranges include their ends.
        shape.reserved_numbers = [
            range(numbers.start, numbers.end + 1) for numbers in enum.reserved_range
        ]
        for index, value in enumerate(enum.value):
            line = self.lines.get((*path, _VALUES, index), 0)
            shape.members[value.name] = Member(value.name, value.number, line=line)
        self.shape.types[name] = shape


def uncovered_ranges(before: Iterable[range], after: Iterable[range]) -> list[range]:
    """List the ranges before that the ranges after, together, do not cover."""
    uncovered = []
    by_start = sorted(after, key=lambda numbers: numbers.start)
    for numbers in before:
        start = numbers.start
        for covering in by_start:
            if covering.start <= start < covering.stop:
                start = covering.stop
        if start < numbers.stop:
            uncovered.append(numbers)
    return uncovered
