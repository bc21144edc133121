"""A Protobuf source as tables: messages and enums, nested ones too, and what services do."""

from collections.abc import Iterator

from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.source import (
    Constant,
    Enum,
    File,
    Group,
    Message,
    OneOf,
    Option,
    Quoted,
    Rpc,
    Service,
)
from registry.artifact_types.protobuf.source import Field as SourceField
from registry.outlines.model import Field, Operation, Outline, OutlineBuilder, Section


def read(content: bytes) -> Outline | None:
    file = parse(content.decode("utf-8", "strict"))
    draft = OutlineBuilder()
    named = dict(_named(file.types, ""))
    anchors = {name: draft.add_anchor(name) for name in named}
    for name, found in named.items():
        if draft.has_room(1 + len(_parts(found))):
            draft.sections.append(_section(name, found, anchors))
    for service in file.services:
        draft.operations += [_operation(service, each, anchors, draft) for each in service.rpcs]
    title = file.package or next(iter(named), "Protobuf")
    return draft.build(title, "", tuple(_facts(file)))


def _facts(file: File) -> Iterator[tuple[str, str]]:
    yield "Syntax", file.syntax or (f"edition {file.edition}" if file.edition else "proto2")
    if file.package:
        yield "Package", file.package
    if file.imports:
        yield "Imports", ", ".join(each.path for each in file.imports)


def _named(types: "list[Message | Enum]", within: str) -> Iterator[tuple[str, Message | Enum]]:
    for each in types:
        name = f"{within}.{each.name}" if within else each.name
        yield name, each
        if isinstance(each, Message):
            yield from _named(each.types, name)
            groups = [one.message for one in each.members if isinstance(one, Group)]
            yield from _named(list(groups), name)


def _parts(found: Message | Enum) -> list[object]:
    return list(found.members if isinstance(found, Message) else found.constants)


def _section(name: str, found: Message | Enum, anchors: dict[str, str]) -> Section:
    if isinstance(found, Enum):
        symbols = tuple(_constant(each) for each in found.constants)
        return Section(name, "enum", anchors[name], _doc(found.doc), symbols)
    fields: list[Field] = []
    for each in found.members:
        if isinstance(each, OneOf):
            fields += [_field(one, name, anchors, f"oneof {each.name}") for one in each.fields]
        elif isinstance(each, Group):
            fields.append(_group(each, name, anchors))
        else:
            fields.append(_field(each, name, anchors))
    return Section(name, "message", anchors[name], _doc(found.doc), tuple(fields))


def _constant(each: Constant) -> Field:
    facts = (f"number {each.number}", *_deprecated(each.options))
    return Field(each.name, description=_doc(each.doc), facts=facts)


def _group(each: Group, within: str, anchors: dict[str, str]) -> Field:
    link = anchors.get(f"{within}.{each.message.name}", "")
    words = f"{each.label} group".strip()
    return Field(each.message.name, words, link=link, facts=(f"number {each.number}",))


def _field(each: SourceField, within: str, anchors: dict[str, str], *facts: str) -> Field:
    label = "" if each.label in ("optional", "required") else each.label
    told = [f"number {each.number}", *facts, *_deprecated(each.options)]
    if each.label == "optional":
        told.append("optional")
    return Field(
        each.name,
        f"{label} {each.type}".strip(),
        is_required=each.label == "required",
        description=_doc(each.doc),
        default=_option(each.options, "default"),
        link=_link(each.type, within, anchors),
        facts=tuple(told),
    )


def _link(type_name: str, within: str, anchors: dict[str, str]) -> str:
    """The nearest type of that name, from the message outward, as protoc resolves it."""
    name = type_name.rpartition(",")[2].strip(" >").lstrip(".")
    scope = within
    while scope:
        if f"{scope}.{name}" in anchors:
            return anchors[f"{scope}.{name}"]
        scope = scope.rpartition(".")[0]
    # As it is, else without the package before it.
    while name and name not in anchors:
        name = name.partition(".")[2]
    return anchors.get(name, "")


def _operation(
    service: Service, rpc: Rpc, anchors: dict[str, str], draft: OutlineBuilder
) -> Operation:
    path = f"{service.name}.{rpc.name}"
    takes = f"stream of {rpc.request}" if rpc.is_request_stream else rpc.request
    gives = f"stream of {rpc.response}" if rpc.is_response_stream else rpc.response
    return Operation(
        "RPC",
        path,
        draft.add_anchor(path),
        description=_doc(rpc.doc),
        body=(("", takes, _link(rpc.request, "", anchors)),),
        responses=(("", "Answers", gives, _link(rpc.response, "", anchors)),),
        is_deprecated=bool(_deprecated(rpc.options)),
        tags=(service.name,),
    )


def _deprecated(options: list[Option]) -> tuple[str, ...]:
    return ("deprecated",) if _option(options, "deprecated") == "true" else ()


def _option(options: list[Option], name: str) -> str | None:
    for each in options:
        if each.name == name:
            return each.value.text if isinstance(each.value, Quoted) else str(each.value)
    return None


def _doc(doc: str) -> str:
    """A comment without its signs."""
    lines = (line.strip().lstrip("/*").rstrip("*/").strip() for line in doc.splitlines())
    return "\n".join(line for line in lines if line)
