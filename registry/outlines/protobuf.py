"""A Protobuf source as tables: messages and enums, nested ones too, and methods of services."""

from collections.abc import Iterator, Sequence

from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.source import (
    Enum,
    Group,
    Message,
    OneOf,
    Option,
    Quoted,
)
from registry.artifact_types.protobuf.source import Field as SourceField
from registry.outlines.model import Field, Operation, Outline, OutlineBuilder, Section


def read(content: bytes) -> Outline | None:
    file = parse(content.decode("utf-8", "strict"))
    builder = OutlineBuilder()
    types = dict(_named_types(file.types, ""))
    anchors = {name: builder.add_anchor(name) for name in types}
    for name, definition in types.items():
        is_message = isinstance(definition, Message)
        parts = definition.members if isinstance(definition, Message) else definition.constants
        if builder.has_room(1 + len(parts)):
            kind = "message" if is_message else "enum"
            fields = tuple(_fields(definition, name, anchors))
            doc = _comment_text(definition.doc)
            builder.sections.append(Section(name, kind, anchors[name], doc, fields))
    for service in file.services:
        for rpc in service.rpcs:
            path = f"{service.name}.{rpc.name}"
            request = f"stream of {rpc.request}" if rpc.is_request_stream else rpc.request
            response = f"stream of {rpc.response}" if rpc.is_response_stream else rpc.response
            response_link = _resolve_type(rpc.response, "", anchors)
            operation = Operation(
                "RPC",
                path,
                builder.add_anchor(path),
                description=_comment_text(rpc.doc),
                body=(("", request, _resolve_type(rpc.request, "", anchors)),),
                responses=(("", "Answers", response, response_link),),
                is_deprecated=bool(_deprecated(rpc.options)),
                tags=(service.name,),
            )
            builder.operations.append(operation)
    facts = [("Syntax", file.syntax or (f"edition {file.edition}" if file.edition else "proto2"))]
    if file.package:
        facts.append(("Package", file.package))
    if file.imports:
        facts.append(("Imports", ", ".join(item.path for item in file.imports)))
    title = file.package or next(iter(types), "Protobuf")
    return builder.build(title, "", tuple(facts))


def _named_types(
    types: "Sequence[Message | Enum]", scope: str
) -> Iterator[tuple[str, Message | Enum]]:
    for definition in types:
        name = f"{scope}.{definition.name}" if scope else definition.name
        yield name, definition
        if isinstance(definition, Message):
            yield from _named_types(definition.types, name)
            groups = [member.message for member in definition.members if isinstance(member, Group)]
            yield from _named_types(groups, name)


def _fields(definition: Message | Enum, name: str, anchors: dict[str, str]) -> Iterator[Field]:
    if isinstance(definition, Enum):
        for constant in definition.constants:
            facts = (f"number {constant.number}", *_deprecated(constant.options))
            yield Field(constant.name, description=_comment_text(constant.doc), facts=facts)
        return
    for member in definition.members:
        if isinstance(member, OneOf):
            for field in member.fields:
                yield _field(field, name, anchors, f"oneof {member.name}")
        elif isinstance(member, Group):
            group = member.message.name
            link = anchors.get(f"{name}.{group}", "")
            kind = f"{member.label} group".strip()
            yield Field(group, kind, link=link, facts=(f"number {member.number}",))
        else:
            yield _field(member, name, anchors)


def _field(field: SourceField, scope: str, anchors: dict[str, str], *facts: str) -> Field:
    label = "" if field.label in ("optional", "required") else field.label
    all_facts = [f"number {field.number}", *facts, *_deprecated(field.options)]
    if field.label == "optional":
        all_facts.append("optional")
    return Field(
        field.name,
        f"{label} {field.type}".strip(),
        is_required=field.label == "required",
        description=_comment_text(field.doc),
        default=_option(field.options, "default"),
        link=_resolve_type(field.type, scope, anchors),
        facts=tuple(all_facts),
    )


def _resolve_type(type_name: str, scope: str, anchors: dict[str, str]) -> str:
    """Return the anchor of a type, searched from the scope outward as in protoc; empty if none."""
    name = type_name.rpartition(",")[2].strip(" >").lstrip(".")
    while scope:
        if f"{scope}.{name}" in anchors:
            return anchors[f"{scope}.{name}"]
        scope = scope.rpartition(".")[0]
    # As it is, else without the package before it.
    while name and name not in anchors:
        name = name.partition(".")[2]
    return anchors.get(name, "")


def _deprecated(options: list[Option]) -> tuple[str, ...]:
    return ("deprecated",) if _option(options, "deprecated") == "true" else ()


def _option(options: list[Option], name: str) -> str | None:
    for option in options:
        if option.name == name:
            value = option.value
            return value.text if isinstance(value, Quoted) else str(value)
    return None


def _comment_text(comment: str) -> str:
    lines = (line.strip().lstrip("/*").rstrip("*/").strip() for line in comment.splitlines())
    return "\n".join(line for line in lines if line)
