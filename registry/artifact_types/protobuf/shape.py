"""Reads compiled files for comparisons: messages, enums and services by their names."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FeatureSet,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from registry.artifact_types.checks import Document, Incompatibility
from registry.artifact_types.protobuf.compiling import CompiledFile, compile_document
from registry.artifact_types.protobuf.numbers import NumberRanges

_TYPES = FieldDescriptorProto.Type
_LABELS = FieldDescriptorProto.Label
# Field numbers of descriptor.proto, of which the paths of source locations are made.
_PACKAGE, _MESSAGES, _ENUMS, _SERVICES, _EXTENSIONS = 2, 4, 5, 6, 7
_FIELDS, _NESTED, _NESTED_ENUMS, _NESTED_EXTENSIONS = 2, 3, 4, 6
_VALUES, _METHODS = 2, 2

#: Names that a message lists.
MAX_NAMES = 10

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A field, or a constant of an enum with a name and a number only.

    `kind` is a scalar type, or enum, message, group or map; the type of the last four has the full
    name `type_name`, a map's that of its entries. `type` is spelled as in the language, names of
    the same package without the package. `oneof` is the name of the oneof around the field.
    """

    name: str
    number: int
    kind: str = ""
    type: str = ""
    type_name: str = ""
    label: str = ""
    json_name: str = ""
    oneof: str = ""
    line: int = 0

    @property
    def is_repeated(self) -> bool:
        return self.label == "repeated"


@dataclass(slots=True)
class TypeShape:
    """A message, an enum, or the extensions of a message; its name is without the package.

    `file` is the name of the defining import, empty for the file itself. A type `is_in_group` if it
    is defined by a field, and goes with it. A file of an edition reserves names without quotes.
    """

    name: str
    kind: str
    file: str = ""
    is_in_group: bool = False
    is_in_edition: bool = False
    members: dict[str, Member] = field(default_factory=dict)
    reserved_names: set[str] = field(default_factory=set)
    reserved_numbers: NumberRanges = field(default_factory=NumberRanges)
    extension_numbers: NumberRanges = field(default_factory=NumberRanges)
    line: int = 0

    def by_number(self) -> dict[int, Member]:
        return {member.number: member for member in self.members.values()}

    def names_by_number(self) -> dict[int, list[str]]:
        """Return the names of each number; an enum's number may have several."""
        names: dict[int, list[str]] = {}
        for member in self.members.values():
            names.setdefault(member.number, []).append(member.name)
        return names


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a service: its types by full name, and as spelled."""

    signature: str
    request: str
    response: str
    line: int = 0


@dataclass(slots=True)
class FileShape:
    """The contents of a file by names without the package, and all its known types by full name.

    Known are its own, its imports', and the entries of maps. A method's name has its service's.
    """

    package: str
    package_line: int = 0
    types: dict[str, TypeShape] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    known_types: dict[str, TypeShape] = field(default_factory=dict)


def list_names(names: Sequence[str]) -> str:
    """Join the first names, and count the rest."""
    more = [f"{len(names) - MAX_NAMES} more"] if len(names) > MAX_NAMES else []
    return ", ".join([*names[:MAX_NAMES], *more])


def compile_shapes(
    older: Document, newer: Document
) -> tuple[FileShape, FileShape] | Incompatibility:
    """Compile both versions of a file; return the reason if one can't be compiled."""
    after = compile_document(newer)
    if not isinstance(after, CompiledFile):
        message = f"The newer version does not compile: {after[0].message}"
        why = "No data can be read with it"
        return Incompatibility(message, why, after[0].path, after[0].line)
    before = compile_document(older)
    if not isinstance(before, CompiledFile):
        message = f"The older version does not compile: {before[0].message}"
        why = "Its data is unknown: disable that version to leave it out of the comparison"
        path, line = before[0].path, before[0].line
        return Incompatibility(message, why, path, line, is_in_older=True)
    return read_shape(before), read_shape(after)


def read_shape(compiled: CompiledFile) -> FileShape:
    """Read the shape from the compiler's descriptors."""
    shape = _ShapeReader(compiled.file, "").read()
    for imported in compiled.imports:
        shape.known_types.update(_ShapeReader(imported, imported.name).read().known_types)
    return shape


def paired_types(
    before: FileShape, after: FileShape, *, with_methods: bool
) -> Iterator[tuple[TypeShape, TypeShape | None]]:
    """Iterate over the file's types, each with its namesake in the other file, or None.

    Types of imports follow if fields lead to them, `with_methods` also if methods do.
    """
    used = deque(_used_by_methods(before, after) if with_methods else ())
    for name, old in before.types.items():
        new = after.types.get(name)
        used += _used_by_members(old, new) if new is not None else ()
        yield old, new
    visited: set[tuple[str, str]] = set()
    while used:
        names = used.popleft()
        old_type, new_type = before.known_types.get(names[0]), after.known_types.get(names[1])
        if names in visited or old_type is None or new_type is None:
            continue
        visited.add(names)
        is_imported = bool(old_type.file or new_type.file)
        is_same = (old_type.name, old_type.kind) == (new_type.name, new_type.kind)
        if old_type.kind == new_type.kind == "map entry" or (is_imported and is_same):
            used += _used_by_members(old_type, new_type)
            if old_type.kind != "map entry":
                yield old_type, new_type


def _used_by_methods(before: FileShape, after: FileShape) -> Iterator[tuple[str, str]]:
    for path, method in before.methods.items():
        counterpart = after.methods.get(path)
        if counterpart is not None:
            yield method.request, counterpart.request
            yield method.response, counterpart.response


def _used_by_members(old: TypeShape, new: TypeShape) -> list[tuple[str, str]]:
    by_number = new.by_number()
    return [
        (member.type_name, by_number[member.number].type_name)
        for member in old.members.values()
        if member.type_name and member.number in by_number
    ]


class _ShapeReader:
    def __init__(self, file: FileDescriptorProto, name: str) -> None:
        self.file = file
        self.name = name
        self.prefix = f".{file.package}." if file.package else "."
        locations = [] if name else file.source_code_info.location
        self.lines = {tuple(location.path): location.span[0] + 1 for location in locations}
        line = self.lines.get((_PACKAGE,), 0)
        self.shape = FileShape(file.package, line)
        #: Messages that stand for the entries of a map, by full name.
        self.map_entries: dict[str, DescriptorProto] = {}
        #: Full names of the messages that groups are.
        groups = (field for field in file.extension if field.type == _TYPES.TYPE_GROUP)
        self.groups = {field.type_name for field in groups}

    def read(self) -> FileShape:
        for message in self.file.message_type:
            self.gather(message, message.name)
        for index, message in enumerate(self.file.message_type):
            self.read_message(message, message.name, (_MESSAGES, index))
        for index, enum in enumerate(self.file.enum_type):
            self.read_enum(enum, enum.name, (_ENUMS, index))
        for index, extension in enumerate(self.file.extension):
            self.read_extension(extension, "", (_EXTENSIONS, index))
        for index, service in enumerate(self.file.service):
            self.read_service(service, (_SERVICES, index))
        return self.shape

    def gather(self, message: DescriptorProto, name: str) -> None:
        for descriptor in (*message.field, *message.extension):
            if descriptor.type == _TYPES.TYPE_GROUP:
                self.groups.add(descriptor.type_name)
        for nested in message.nested_type:
            nested_name = f"{name}.{nested.name}"
            if nested.options.map_entry:
                self.map_entries[self.prefix + nested_name] = nested
            self.gather(nested, nested_name)

    def read_message(self, message: DescriptorProto, name: str, path: Path) -> None:
        is_map_entry = message.options.map_entry
        shape = self.add_type(name, "map entry" if is_map_entry else "message", path)
        shape.reserved_names = set(message.reserved_name)
        shape.reserved_numbers = NumberRanges(
            range(numbers.start, numbers.end) for numbers in message.reserved_range
        )
        shape.extension_numbers = NumberRanges(
            range(numbers.start, numbers.end) for numbers in message.extension_range
        )
        for index, descriptor in enumerate(message.field):
            is_in_oneof = descriptor.HasField("oneof_index") and not descriptor.proto3_optional
            oneof = message.oneof_decl[descriptor.oneof_index].name if is_in_oneof else ""
            member = self.member(descriptor, descriptor.name, (*path, _FIELDS, index), oneof)
            if is_map_entry and member.kind == "group":
                # Editions delimit no entries of maps.
                member = replace(member, kind="message")
            shape.members[member.name] = member
        for index, nested in enumerate(message.nested_type):
            self.read_message(nested, f"{name}.{nested.name}", (*path, _NESTED, index))
        for index, enum in enumerate(message.enum_type):
            self.read_enum(enum, f"{name}.{enum.name}", (*path, _NESTED_ENUMS, index))
        for index, extension in enumerate(message.extension):
            self.read_extension(extension, f"{name}.", (*path, _NESTED_EXTENSIONS, index))

    def add_type(self, name: str, kind: str, path: Path) -> TypeShape:
        scopes = accumulate(name.split("."), "{}.{}".format)
        shape = TypeShape(
            name,
            kind,
            self.name,
            is_in_group=any(self.prefix + scope in self.groups for scope in scopes),
            is_in_edition=self.file.syntax == "editions",
            line=self.lines.get(path, 0),
        )
        self.shape.known_types[self.prefix[1:] + name] = shape
        if kind != "map entry":
            self.shape.types[name] = shape
        return shape

    def member(
        self, descriptor: FieldDescriptorProto, name: str, path: Path, oneof: str = ""
    ) -> Member:
        kind = self.kind(descriptor)
        label = _LABELS.Name(descriptor.label).removeprefix("LABEL_").lower()
        if descriptor.options.features.field_presence == FeatureSet.LEGACY_REQUIRED:
            label = "required"
        return Member(
            name,
            descriptor.number,
            kind,
            self.type(descriptor),
            descriptor.type_name[1:],
            "optional" if kind == "map" else label,
            descriptor.json_name,
            oneof,
            self.lines.get(path, 0),
        )

    def kind(self, descriptor: FieldDescriptorProto) -> str:
        if descriptor.type_name in self.map_entries:
            return "map"
        kind = _TYPES.Name(descriptor.type).removeprefix("TYPE_").lower()
        features = [options.features for options in (descriptor.options, self.file.options)]
        encoding = next(
            (part.message_encoding for part in features if part.HasField("message_encoding")), 0
        )
        return "group" if kind == "message" and encoding == FeatureSet.DELIMITED else kind

    def type(self, descriptor: FieldDescriptorProto) -> str:
        kind = self.kind(descriptor)
        if kind == "map":
            entry = self.map_entries[descriptor.type_name]
            types = (self.type(part).removeprefix("group ") for part in entry.field)
            return f"map<{', '.join(types)}>"
        if not descriptor.type_name:
            return kind
        name = self.local_name(descriptor.type_name)
        return f"group {name}" if kind == "group" else name

    def local_name(self, name: str) -> str:
        return name.removeprefix(self.prefix) if name.startswith(self.prefix) else name[1:]

    def read_enum(self, enum: EnumDescriptorProto, name: str, path: Path) -> None:
        shape = self.add_type(name, "enum", path)
        shape.reserved_names = set(enum.reserved_name)
        # Unlike a message's, an enum's ranges include their ends.
        shape.reserved_numbers = NumberRanges(
            range(numbers.start, numbers.end + 1) for numbers in enum.reserved_range
        )
        for index, value in enumerate(enum.value):
            line = self.lines.get((*path, _VALUES, index), 0)
            shape.members[value.name] = Member(value.name, value.number, line=line)

    def read_extension(self, descriptor: FieldDescriptorProto, scope: str, path: Path) -> None:
        """Add an extension field to its message."""
        name = f"extensions of {self.local_name(descriptor.extendee)}"
        shape = self.shape.types.get(name) or self.add_type(name, "extensions", path)
        member = self.member(descriptor, scope + descriptor.name, path)
        shape.members[member.name] = member

    def read_service(self, service: ServiceDescriptorProto, path: Path) -> None:
        for index, method in enumerate(service.method):
            request, response = map(self.local_name, (method.input_type, method.output_type))
            request = f"stream {request}" if method.client_streaming else request
            response = f"stream {response}" if method.server_streaming else response
            self.shape.methods[f"{service.name}.{method.name}"] = Method(
                f"({request}) returns ({response})",
                method.input_type[1:],
                method.output_type[1:],
                self.lines.get((*path, _METHODS, index), 0),
            )
