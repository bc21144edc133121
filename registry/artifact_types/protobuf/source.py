"""Defines the parts of a parsed Protobuf source."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text as spelled, unquoted."""

    text: str


@dataclass(slots=True)
class Option:
    """An option; its `name` has its parentheses, such as `(a.b).c`.

    `value` is a Quoted, a number or name as spelled, a list, or a dict for braces.
    """

    name: str
    value: object
    doc: str = ""


@dataclass(slots=True)
class Field:
    """A field; `label` is optional, required, repeated or empty."""

    name: str
    type: str
    number: str
    label: str = ""
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Ranges:
    """Ranges of `reserved` or `extensions` as spelled, names with their quotes."""

    parts: list[str]
    doc: str = ""
    options: list[Option] = field(default_factory=list)


@dataclass(slots=True)
class OneOf:
    name: str
    fields: list[Field] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Constant:
    name: str
    number: str
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Enum:
    name: str
    constants: list[Constant] = field(default_factory=list)
    reserved: list[Ranges] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Extend:
    name: str
    fields: list[Field] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Message:
    """A message; `members` are in the order of the source."""

    name: str
    members: "list[Field | OneOf | Group]" = field(default_factory=list)
    reserved: list[Ranges] = field(default_factory=list)
    extensions: list[Ranges] = field(default_factory=list)
    types: "list[Message | Enum]" = field(default_factory=list)
    extends: list[Extend] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Group:
    """A field of Proto 2 with its own message type."""

    label: str
    number: str
    message: Message
    doc: str = ""


@dataclass(slots=True)
class Rpc:
    name: str
    request: str
    response: str
    is_request_stream: bool = False
    is_response_stream: bool = False
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Service:
    name: str
    rpcs: list[Rpc] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    doc: str = ""


@dataclass(slots=True)
class Import:
    """An import; `kind` is public, weak, option or empty."""

    path: str
    kind: str = ""
    position: int = 0


@dataclass(slots=True)
class File:
    syntax: str = ""
    edition: str = ""
    package: str = ""
    imports: list[Import] = field(default_factory=list)
    types: list[Message | Enum] = field(default_factory=list)
    extends: list[Extend] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
