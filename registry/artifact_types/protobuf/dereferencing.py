"""A Protobuf source with its imports written into it.

Types of its own package join it; those of another one stand in messages called like that package,
and whatever names them does so in full. What comes with protoc is still imported.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from registry.artifact_types.base import CannotDereference
from registry.artifact_types.protobuf.names import (
    extensions_of,
    joined,
    messages_of,
    resolved,
    types_of,
)
from registry.artifact_types.protobuf.parser import NotProtobuf, parse
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
from registry.artifact_types.protobuf.wire_form import printed

_WELL_KNOWN = "google/protobuf/"
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
_MAP = re.compile(r"map<(\w+), (.+)>")
_SCALARS = frozenset((
    *("double", "float", "bool", "string", "bytes"),
    *("int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64"),
))


def dereferenced(content: bytes, references: Mapping[str, bytes]) -> bytes:
    """Raises CannotDereference."""
    root = _parsed("the schema", content)
    files = _imported(root, references)
    _Whole(root, files).build()
    root.imports = _still_imported([root, *files])
    return printed(root).encode()


def _parsed(name: str, content: bytes) -> File:
    try:
        return parse(content.decode())
    except (UnicodeDecodeError, NotProtobuf, RecursionError) as error:
        raise CannotDereference(f"{name} is no Protobuf: {error}") from error


def _imported(root: File, references: Mapping[str, bytes]) -> list[File]:
    """Each file once, in the order in which they are met."""
    found: dict[str, File] = {}
    waiting = list(root.imports)
    while waiting:
        path = waiting.pop(0).path
        if path.startswith(_WELL_KNOWN) or path in found:
            continue
        if path not in references:
            raise CannotDereference(f"nothing is known of {path!r}, which it imports")
        file = _parsed(repr(path), references[path])
        if _syntax(file) != _syntax(root):
            told = f"{path!r} is {_syntax(file)} and the schema {_syntax(root)}"
            raise CannotDereference(f"{told}, and one file has one syntax")
        found[path] = file
        waiting.extend(file.imports)
    return list(found.values())


def _syntax(file: File) -> str:
    return file.edition or file.syntax or "proto2"


def _still_imported(files: list[File]) -> list[Import]:
    paths = {each.path for file in files for each in file.imports}
    return [Import(path) for path in sorted(paths) if path.startswith(_WELL_KNOWN)]


class _Whole:
    """Renames what moves, then moves it."""

    def __init__(self, root: File, files: list[File]) -> None:
        self.root, self.files = root, files
        self.types = {name: file for file in [root, *files] for name in types_of(file)}
        self.extensions = {name: file for file in [root, *files] for name in extensions_of(file)}

    def build(self) -> None:
        named = [name for file in [self.root, *self.files] for name in types_of(file)]
        places = Counter(self._moved(full, self.types) for full in named)
        twice = [full for full, count in places.items() if count > 1]
        if twice:
            raise CannotDereference(f"{twice[0]!r} would be there twice")
        for file in [self.root, *self.files]:
            self._rename(file)
        for file in self.files:
            if file.package in ("", self.root.package):
                self.root.types += file.types
                self.root.extends += file.extends
            elif file.types or file.extends:
                home = self._home(file.package)
                home.types += file.types
                home.extends += file.extends

    def _home(self, package: str) -> Message:
        """The message that stands for a package, within those that stand for its outer ones."""
        types = self.root.types
        home = Message("")
        for step in package.split("."):
            known = [each for each in types if isinstance(each, Message) and each.name == step]
            home = known[0] if known else Message(step)
            if not known:
                types.append(home)
            types = home.types
        return home

    def _rename(self, file: File) -> None:
        for extend in file.extends:
            self._rename_extend(extend, file.package)
        for service in file.services:
            for rpc in service.rpcs:
                rpc.request = self._type(rpc.request, file.package)
                rpc.response = self._type(rpc.response, file.package)
        for scope, message in list(messages_of(file)):
            inner = joined(scope, message.name)
            for field in _fields(message):
                field.type = self._type(field.type, inner)
            for extend in message.extends:
                self._rename_extend(extend, inner)
        for scope, option in _options(file):
            option.name = _IN_PARENTHESES.sub(self._option(scope), option.name)

    def _rename_extend(self, extend: Extend, scope: str) -> None:
        extend.name = self._type(extend.name, scope)
        for field in extend.fields:
            field.type = self._type(field.type, scope)

    def _type(self, name: str, scope: str) -> str:
        entry = _MAP.fullmatch(name)
        if entry is not None:
            return f"map<{entry[1]}, {self._type(entry[2], scope)}>"
        if name in _SCALARS:
            return name
        full = resolved(name, scope, self.types)
        return name if full is None else f".{self._moved(full, self.types)}"

    def _option(self, scope: str) -> Callable[[re.Match[str]], str]:
        def renamed(found: re.Match[str]) -> str:
            full = resolved(found[1], scope, self.extensions)
            return found[0] if full is None else f"(.{self._moved(full, self.extensions)})"

        return renamed

    def _moved(self, full: str, homes: Mapping[str, File]) -> str:
        """Its full name where it stands now."""
        is_moved = homes[full].package != self.root.package
        return joined(self.root.package, full) if is_moved else full


def _fields(message: Message) -> Iterator[Field]:
    for member in message.members:
        if isinstance(member, Field):
            yield member
        elif isinstance(member, OneOf):
            yield from member.fields


def _options(file: File) -> Iterator[tuple[str, Option]]:
    """Every option with the scope that it stands in."""
    holders: list[tuple[str, object]] = [(file.package, each) for each in file.types]
    holders += [(file.package, each) for each in file.extends]
    for option in file.options:
        yield file.package, option
    for service in file.services:
        holders += [(file.package, each) for each in (service, *service.rpcs)]
    while holders:
        scope, holder = holders.pop()
        for option in getattr(holder, "options", []):
            yield scope, option
        holders += _inner(scope, holder)


def _inner(scope: str, holder: object) -> list[tuple[str, object]]:
    if isinstance(holder, Message):
        inner = joined(scope, holder.name)
        return [(inner, each) for each in [*holder.members, *holder.types, *holder.extends]]
    if isinstance(holder, Group):
        return [(scope, holder.message)]
    listed = [*getattr(holder, "fields", []), *getattr(holder, "constants", [])]
    return [(scope, each) for each in listed]
