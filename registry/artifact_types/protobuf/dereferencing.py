"""Writes imports into a Protobuf source.

Types of the same package are added at the top, those of another package to a message of its name,
and all names of moved types become full names. Files that come with protoc are still imported.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from registry.artifact_types.base import (
    DereferenceError,
    Embed,
    ReferencedContents,
    in_order,
)
from registry.artifact_types.protobuf.names import (
    iter_extensions,
    iter_messages,
    iter_symbols,
    iter_types,
    join_name,
    resolve_name,
)
from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.source import (
    Extend,
    Field,
    File,
    Group,
    Import,
    Message,
    OneOf,
    Option,
)
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError
from registry.artifact_types.protobuf.wire_form import print_file

_WELL_KNOWN = "google/protobuf/"
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
_MAP = re.compile(r"map<(\w+), (.+)>")
_SCALARS = frozenset((
    *("double", "float", "bool", "string", "bytes"),
    *("int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64"),
))


def dereference(content: bytes, references: ReferencedContents, embed: Embed) -> bytes:
    """Write the imports into the source; raises DereferenceError."""
    known = in_order(references)
    root = _parse("the schema", content)
    files: dict[str, File] = {}
    pending = list(root.imports)
    while pending:
        path = pending.pop(0).path
        if path.startswith(_WELL_KNOWN) or path in files:
            continue
        if path not in known:
            raise DereferenceError(f"nothing is known of {path!r}, which it imports")
        file = _parse(repr(path), known[path])
        if _syntax(file) != _syntax(root):
            raise DereferenceError(
                f"{path!r} is {_syntax(file)} and the schema {_syntax(root)}, "
                "and one file has one syntax"
            )
        if _features(file) != _features(root):
            raise DereferenceError(
                f"the features of {path!r} are others than the schema's, "
                "and one file has one set of them"
            )
        files[path] = file
        pending.extend(file.imports)
    _Merger(root, list(files.values())).merge()
    imports = (imported for file in (root, *files.values()) for imported in file.imports)
    well_known = {imported.path for imported in imports if imported.path.startswith(_WELL_KNOWN)}
    root.imports = [Import(path) for path in sorted(well_known)]
    return print_file(root).encode()


def _parse(name: str, content: bytes) -> File:
    try:
        return parse(content.decode())
    except (UnicodeDecodeError, ProtobufSyntaxError, RecursionError) as error:
        raise DereferenceError(f"{name} is no Protobuf: {error}") from error


def _syntax(file: File) -> str:
    return file.edition or file.syntax or "proto2"


def _features(file: File) -> list[tuple[str, object]]:
    """List the options of a whole file, and its edition."""
    options = [(option.name, option.value) for option in file.options]
    return sorted((option for option in options if option[0].split(".")[0] == "features"), key=repr)


class _Merger:
    """Renames the imported types, then moves them into the root."""

    def __init__(self, root: File, files: list[File]) -> None:
        self.root, self.files = root, files
        self.types = {name: file for file in [root, *files] for name in iter_types(file)}
        self.extensions = {name: file for file in [root, *files] for name in iter_extensions(file)}

    def merge(self) -> None:
        for file in [self.root, *self.files]:
            self.rename(file)
        for file in self.files:
            if file.package in ("", self.root.package):
                self.root.types += file.types
                self.root.extends += file.extends
            elif file.types or file.extends:
                home = self.package_message(file.package)
                home.types += file.types
                home.extends += file.extends
        for name, count in Counter(iter_symbols(self.root)).items():
            if count > 1:
                raise DereferenceError(f"{name!r} would be there twice")

    def package_message(self, package: str) -> Message:
        """Return the message of a package, inside the messages of the outer packages."""
        types = self.root.types
        home = Message("")
        for step in package.split("."):
            for definition in types:
                if isinstance(definition, Message) and definition.name == step:
                    home = definition
                    break
            else:
                home = Message(step)
                types.append(home)
            types = home.types
        return home

    def rename(self, file: File) -> None:
        fields: list[tuple[str, Field]] = []
        extends: list[tuple[str, Extend]] = [(file.package, extend) for extend in file.extends]
        for scope, message in iter_messages(file):
            inner_scope = join_name(scope, message.name)
            extends += [(inner_scope, extend) for extend in message.extends]
            for member in message.members:
                if isinstance(member, Field):
                    fields.append((inner_scope, member))
                elif isinstance(member, OneOf):
                    fields += [(inner_scope, field) for field in member.fields]
        for scope, extend in extends:
            extend.name = self.rename_type(extend.name, scope)
            fields += [(scope, field) for field in extend.fields]
        for scope, field in fields:
            field.type = self.rename_type(field.type, scope)
        for rpc in (rpc for service in file.services for rpc in service.rpcs):
            rpc.request = self.rename_type(rpc.request, file.package)
            rpc.response = self.rename_type(rpc.response, file.package)
        for scope, option in _iter_options(file):
            option.name = self.rename_option(option.name, scope)

    def rename_type(self, name: str, scope: str) -> str:
        entry = _MAP.fullmatch(name)
        if entry is not None:
            return f"map<{entry[1]}, {self.rename_type(entry[2], scope)}>"
        if name in _SCALARS:
            return name
        full_name = resolve_name(name, scope, self.types)
        return name if full_name is None else f".{self.new_name(full_name, self.types)}"

    def rename_option(self, name: str, scope: str) -> str:
        def rename_extension(match: re.Match[str]) -> str:
            full_name = resolve_name(match[1], scope, self.extensions)
            if full_name is None:
                return match[0]
            return f"(.{self.new_name(full_name, self.extensions)})"

        return _IN_PARENTHESES.sub(rename_extension, name)

    def new_name(self, full_name: str, files: Mapping[str, File]) -> str:
        """Return the full name after the move."""
        is_moved = files[full_name].package != self.root.package
        return join_name(self.root.package, full_name) if is_moved else full_name


def _iter_options(file: File) -> Iterator[tuple[str, Option]]:
    """Iterate over all options with their scopes."""
    stack: list[tuple[str, object]] = [
        (file.package, holder)
        for holder in (
            *file.types,
            *file.extends,
            *file.services,
            *(rpc for service in file.services for rpc in service.rpcs),
        )
    ]
    for option in file.options:
        yield file.package, option
    while stack:
        scope, holder = stack.pop()
        for option in getattr(holder, "options", []):
            yield scope, option
        if isinstance(holder, Message):
            scope = join_name(scope, holder.name)
            inner: list[object] = [*holder.members, *holder.types, *holder.extends]
        elif isinstance(holder, Group):
            inner = [holder.message]
        else:
            inner = [*getattr(holder, "fields", []), *getattr(holder, "constants", [])]
        stack += [(scope, definition) for definition in inner]
