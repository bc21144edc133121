"""The canonical form of Protobuf: as Square's Wire prints what it has read.

Wire 3.7 in Apicurio up to 2.5.8, Wire 5.2 from 2.5.9 on, which keeps oneofs among the fields.
"""

from collections.abc import Iterable, Sequence

from registry.artifact_types.base import CanonicalGeneration, References
from registry.artifact_types.protobuf.parser import NotProtobuf, parse
from registry.artifact_types.protobuf.source import (
    Constant,
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
    Rpc,
    Service,
)

_HEAD = "// Proto schema formatted by Wire, do not edit.\n// Source: \n"


def canonicalize(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """The content as it is where it is no Protobuf."""
    try:
        file = parse(content.decode())
    except (UnicodeDecodeError, NotProtobuf, RecursionError):
        return content
    return (_HEAD + _Printer(generation is CanonicalGeneration.A1).file(file)).encode()


def printed(file: File) -> str:
    """As the newer Wire prints it, without saying that it did."""
    return _Printer(is_older=False).file(file).lstrip()


class _Printer:
    def __init__(self, is_older: bool) -> None:
        self.is_older = is_older

    def file(self, file: File) -> str:
        parts = [f'\nsyntax = "{file.syntax}";\n'] if file.syntax else []
        if file.edition:
            parts.append(f'\nedition = "{file.edition}";\n')
        if file.package:
            parts.append(f"\npackage {file.package};\n")
        parts.append(self._imports(file))
        if file.options:
            parts += ["\n", *map(_declared, file.options)]
        parts += [f"\n{self._type(each)}" for each in file.types]
        parts += [f"\n{_extend(each)}" for each in file.extends]
        parts += [f"\n{_service(each)}" for each in file.services]
        return "".join(parts)

    def _imports(self, file: File) -> str:
        plain = [f'import "{each.path}";\n' for each in file.imports if not each.kind]
        public = [f'import public "{each.path}";\n' for each in file.imports if each.kind]
        return "\n" + "".join(plain + public) if plain or public else ""

    def _type(self, each: Message | Enum) -> str:
        return self._message(each) if isinstance(each, Message) else _enum(each)

    def _message(self, message: Message) -> str:
        return f"{_doc(message.doc)}message {message.name} {{{self._body(message)}}}\n"

    def _body(self, message: Message) -> str:
        """Groups of what belongs together, an empty line before each, fields one by one."""
        reserved = "".join(map(_reserved, message.reserved))
        options = "".join(map(_declared, message.options))
        extensions = "".join(map(_extensions, message.extensions))
        groups = [reserved, options, *self._members(message), extensions]
        groups += [self._type(each) for each in message.types]
        groups += [_extend(each) for each in message.extends]
        said = [_indented(each) for each in groups if each]
        return "\n" + "\n".join(said) if said else ""

    def _members(self, message: Message) -> Iterable[str]:
        members = message.members
        if self.is_older:
            members = sorted(members, key=_rank)
        return map(self._member, members)

    def _member(self, member: Field | OneOf | Group) -> str:
        if isinstance(member, Field):
            return _field(member)
        if isinstance(member, OneOf):
            inner = _indented("".join(map(_declared, member.options)))
            inner += "\n" if member.options and member.fields else ""
            inner += "".join(_indented(_field(each)) for each in member.fields)
            return f"{_doc(member.doc)}oneof {member.name} {{\n{inner}}}\n"
        message = member.message
        head = f"{member.label} group {message.name} = {member.number}"
        return f"{_doc(member.doc)}{head} {{{self._body(message)}}}\n"


def _rank(member: Field | OneOf | Group) -> int:
    return (Field, OneOf, Group).index(type(member))


def _field(field: Field) -> str:
    label = f"{field.label} " if field.label else ""
    options = _bracketed(field.options)
    return f"{_doc(field.doc)}{label}{field.type} {field.name} = {field.number}{options};\n"


def _reserved(ranges: Ranges) -> str:
    return f"{_doc(ranges.doc)}reserved {', '.join(ranges.parts)};\n"


def _extensions(ranges: Ranges) -> str:
    options = _bracketed(ranges.options)
    return f"{_doc(ranges.doc)}extensions {', '.join(ranges.parts)}{options};\n"


def _enum(enum: Enum) -> str:
    reserved = "".join(map(_reserved, enum.reserved))
    options = "".join(map(_declared, enum.options))
    constants = "".join(map(_constant, enum.constants))
    said = [_indented(each) for each in (reserved, options, constants) if each]
    body = "\n" + "\n".join(said) if said else ""
    return f"{_doc(enum.doc)}enum {enum.name} {{{body}}}\n"


def _constant(constant: Constant) -> str:
    return (
        f"{_doc(constant.doc)}{constant.name} = {constant.number}{_bracketed(constant.options)};\n"
    )


def _extend(extend: Extend) -> str:
    fields = "".join(_indented(_field(each)) for each in extend.fields)
    return f"{_doc(extend.doc)}extend {extend.name} {{\n{fields}}}\n"


def _service(service: Service) -> str:
    options = "".join(map(_declared, service.options))
    groups = [options, *map(_rpc, service.rpcs)]
    said = [_indented(each) for each in groups if each]
    body = "\n" + "\n".join(said) if said else ""
    return f"{_doc(service.doc)}service {service.name} {{{body}}}\n"


def _rpc(rpc: Rpc) -> str:
    request = f"stream {rpc.request}" if rpc.is_request_stream else rpc.request
    response = f"stream {rpc.response}" if rpc.is_response_stream else rpc.response
    body = ";"
    if rpc.options:
        body = " {\n" + _indented("".join(map(_declared, rpc.options))) + "};"
    return f"{_doc(rpc.doc)}rpc {rpc.name} ({request}) returns ({response}){body}\n"


def _declared(option: Option) -> str:
    return f"{_doc(option.doc)}option {_said(option)};\n"


def _bracketed(options: Sequence[Option]) -> str:
    if not options:
        return ""
    if len(options) == 1:
        return f" [{_said(options[0])}]"
    return " [\n" + _indented(",\n".join(map(_said, options)) + "\n") + "]"


def _said(option: Option) -> str:
    return f"{option.name} = {_value(option.value)}"


def _value(value: object) -> str:
    if isinstance(value, Quoted):
        return f'"{value.text}"'
    if isinstance(value, list):
        return "[\n" + _indented(",\n".join(map(_value, value)) + "\n") + "]"
    if isinstance(value, dict):
        members = [f"{name}: {_value(each)}" for name, each in value.items()]
        return "{\n" + _indented(",\n".join(members) + "\n") + "}"
    return str(value)


def _doc(doc: str) -> str:
    return "".join(f"// {line}\n" for line in doc.split("\n")) if doc else ""


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in text.split("\n")[:-1])
