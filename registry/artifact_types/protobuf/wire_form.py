"""Prints the canonical form of Protobuf, as Square's Wire does.

Wire 3.7 in Apicurio up to 2.5.8, Wire 5.2 from 2.5.9 on, which keeps oneofs among the fields.
"""

from collections.abc import Iterable, Sequence

from registry.artifact_types.base import CanonicalGeneration, References
from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.source import (
    Enum,
    Extend,
    Field,
    File,
    Group,
    Message,
    OneOf,
    Option,
    Quoted,
    Ranges,
    Service,
)
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError

_HEAD = "// Proto schema formatted by Wire, do not edit.\n// Source: \n"


def canonicalize(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """Print the canonical form; other content is returned unchanged."""
    try:
        file = parse(content.decode())
    except (UnicodeDecodeError, ProtobufSyntaxError, RecursionError):
        return content
    return (_HEAD + _Printer(generation is CanonicalGeneration.A1).print(file)).encode()


def print_file(file: File) -> str:
    """Print as the newer Wire does, without its comment at the top."""
    return _Printer(is_older=False).print(file).lstrip()


class _Printer:
    def __init__(self, is_older: bool) -> None:
        self.is_older = is_older

    def print(self, file: File) -> str:
        parts = [f'\nsyntax = "{file.syntax}";\n'] if file.syntax else []
        if file.edition:
            parts.append(f'\nedition = "{file.edition}";\n')
        if file.package:
            parts.append(f"\npackage {file.package};\n")
        if file.imports:
            # Plain imports come before public ones.
            parts.append("\n")
            for imported in sorted(file.imports, key=lambda imported: bool(imported.kind)):
                parts.append(f'import {"public " if imported.kind else ""}"{imported.path}";\n')
        if file.options:
            parts += ["\n", *map(_option_statement, file.options)]
        parts += [f"\n{self.type(definition)}" for definition in file.types]
        parts += [f"\n{_extend(extend)}" for extend in file.extends]
        parts += [f"\n{_service(service)}" for service in file.services]
        return "".join(parts)

    def type(self, definition: Message | Enum) -> str:
        if isinstance(definition, Message):
            body = self.message_body(definition)
            return f"{_doc(definition.doc)}message {definition.name} {body}\n"
        body = _block(
            "".join(map(_reserved, definition.reserved)),
            "".join(map(_option_statement, definition.options)),
            "".join(
                f"{_doc(value.doc)}{value.name} = {value.number}{_options(value.options)};\n"
                for value in definition.constants
            ),
        )
        return f"{_doc(definition.doc)}enum {definition.name} {body}\n"

    def message_body(self, message: Message) -> str:
        members = message.members
        if self.is_older:
            members = sorted(members, key=lambda member: (Field, OneOf, Group).index(type(member)))
        return _block(
            "".join(map(_reserved, message.reserved)),
            "".join(map(_option_statement, message.options)),
            *map(self.member, members),
            "".join(
                f"{_doc(extension.doc)}extensions "
                f"{', '.join(extension.parts)}{_options(extension.options)};\n"
                for extension in message.extensions
            ),
            *map(self.type, message.types),
            *map(_extend, message.extends),
        )

    def member(self, member: Field | OneOf | Group) -> str:
        if isinstance(member, Field):
            return _field(member)
        if isinstance(member, OneOf):
            inner = _indent("".join(map(_option_statement, member.options)))
            inner += "\n" if member.options and member.fields else ""
            inner += "".join(_indent(_field(field)) for field in member.fields)
            return f"{_doc(member.doc)}oneof {member.name} {{\n{inner}}}\n"
        head = f"{member.label} group {member.message.name} = {member.number}"
        return f"{_doc(member.doc)}{head} {self.message_body(member.message)}\n"


def _block(*groups: str) -> str:
    """Print groups of statements in braces, an empty line between them."""
    indented = [_indent(group) for group in groups if group]
    return "{" + ("\n" + "\n".join(indented) if indented else "") + "}"


def _field(field: Field) -> str:
    label = f"{field.label} " if field.label else ""
    options = _options(field.options)
    return f"{_doc(field.doc)}{label}{field.type} {field.name} = {field.number}{options};\n"


def _reserved(ranges: Ranges) -> str:
    return f"{_doc(ranges.doc)}reserved {', '.join(ranges.parts)};\n"


def _extend(extend: Extend) -> str:
    fields = "".join(_indent(_field(field)) for field in extend.fields)
    return f"{_doc(extend.doc)}extend {extend.name} {{\n{fields}}}\n"


def _service(service: Service) -> str:
    rpcs: list[str] = []
    for rpc in service.rpcs:
        request = f"stream {rpc.request}" if rpc.is_request_stream else rpc.request
        response = f"stream {rpc.response}" if rpc.is_response_stream else rpc.response
        body = ";"
        if rpc.options:
            body = " {\n" + _indent("".join(map(_option_statement, rpc.options))) + "};"
        rpcs.append(f"{_doc(rpc.doc)}rpc {rpc.name} ({request}) returns ({response}){body}\n")
    body = _block("".join(map(_option_statement, service.options)), *rpcs)
    return f"{_doc(service.doc)}service {service.name} {body}\n"


def _option_statement(option: Option) -> str:
    return f"{_doc(option.doc)}option {_assignment(option)};\n"


def _options(options: Sequence[Option]) -> str:
    """Print options in brackets, each on its own line if there are several."""
    if len(options) > 1:
        return " [\n" + _lines(map(_assignment, options)) + "]"
    return f" [{_assignment(options[0])}]" if options else ""


def _assignment(option: Option) -> str:
    return f"{option.name} = {_value(option.value)}"


def _value(value: object) -> str:
    if isinstance(value, Quoted):
        return f'"{value.text}"'
    if isinstance(value, list):
        return "[\n" + _lines(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{\n" + _lines(f"{name}: {_value(member)}" for name, member in value.items()) + "}"
    return str(value)


def _lines(items: Iterable[str]) -> str:
    return _indent(",\n".join(items) + "\n")


def _doc(doc: str) -> str:
    return "".join(f"// {line}\n" for line in doc.split("\n")) if doc else ""


def _indent(text: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in text.split("\n")[:-1])
