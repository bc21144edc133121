"""An AsyncAPI description, 2.x or 3.x, as a reference: the messages of each channel."""

from collections.abc import Mapping
from typing import Any

from registry.outlines.api_descriptions import read_document, resolve
from registry.outlines.json_properties import PropertyReader
from registry.outlines.model import (
    Field,
    Operation,
    Outline,
    OutlineBuilder,
    Section,
    as_list,
    as_mapping,
    as_text,
)


def read(content: bytes) -> Outline | None:
    document = read_document(content)
    return None if document is None else _Outliner(document).outline()


class _Outliner:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._builder = OutlineBuilder()
        components = as_mapping(document.get("components"))
        self._components = {
            f"#/components/{kind}/{name}": (name, value)
            for kind in ("messages", "schemas")
            for name, value in as_mapping(components.get(kind)).items()
        }
        self._anchors = {
            ref: self._builder.add_anchor(name) for ref, (name, _) in self._components.items()
        }
        self._properties = PropertyReader(self._builder, lambda ref: self._anchors.get(ref, ""))

    def outline(self) -> Outline:
        # 2.x has `publish` and `subscribe` in each channel.
        for path, channel in as_mapping(self._document.get("channels")).items():
            for verb, key in (("PUB", "publish"), ("SUB", "subscribe")):
                operation = as_mapping(channel).get(key)
                if isinstance(operation, dict) and self._builder.has_room():
                    message = as_mapping(operation.get("message"))
                    messages = as_list(message.get("oneOf")) or ([message] if message else [])
                    self._add_operation(verb, path, as_mapping(channel), operation, messages)
        # 3.x has operations that refer to their channels.
        for value in as_mapping(self._document.get("operations")).values():
            operation = as_mapping(value)
            channel = resolve(self._document, operation.get("channel"))
            verb = as_text(operation.get("action")).upper()
            if verb and self._builder.has_room():
                messages = operation.get("messages") or list(
                    as_mapping(channel.get("messages")).values()
                )
                path = as_text(channel.get("address"))
                self._add_operation(verb, path, channel, operation, as_list(messages) or [{}])
        for ref, (name, value) in self._components.items():
            if self._builder.has_room():
                self._add_section(ref, name, value)
        info = as_mapping(self._document.get("info"))
        facts = [("Format", f"AsyncAPI {self._document.get('asyncapi')}")]
        if info.get("version"):
            facts.append(("Version", str(info["version"])))
        for name, value in as_mapping(self._document.get("servers")).items():
            server = as_mapping(value)
            address = as_text(server.get("url")) or as_text(server.get("host"))
            facts.append(("Server", f"{name}: {address} ({server.get('protocol')})"))
        title = as_text(info.get("title")) or "API"
        return self._builder.build(title, as_text(info.get("description")), tuple(facts))

    def _add_operation(
        self,
        verb: str,
        path: str,
        channel: Mapping[str, Any],
        operation: Mapping[str, Any],
        messages: list[Any],
    ) -> None:
        anchor = self._builder.add_anchor(f"{verb}-{path}")
        parameters = []
        for name, value in as_mapping(channel.get("parameters")).items():
            parameter = resolve(self._document, value)
            kind, link = self._properties.describe_type(parameter.get("schema"))
            description = as_text(parameter.get("description"))
            parameters.append(Field(name, kind, True, description, link=link))
        responses = []
        for value in messages:
            ref = as_text(as_mapping(value).get("$ref"))
            message = resolve(self._document, value)
            name = as_text(message.get("name")) or ref.rpartition("/")[2] or "message"
            kind, link = self._properties.describe_type(message.get("payload"))
            responses.append(("", name, kind, self._anchors.get(ref, link)))
        self._builder.operations.append(
            Operation(
                verb,
                path,
                anchor,
                as_text(operation.get("summary")) or as_text(operation.get("operationId")),
                as_text(operation.get("description")) or as_text(channel.get("description")),
                tuple(parameters),
                responses=tuple(responses),
            )
        )

    def _add_section(self, ref: str, name: str, value: object) -> None:
        component = as_mapping(value)
        if "/messages/" in ref:
            schema, kind = component.get("payload"), "message"
        else:
            schema, kind = value, self._properties.describe_type(value)[0]
        fields = tuple(self._properties.fields(schema))
        if not fields:
            payload, link = self._properties.describe_type(schema)
            fields = (Field("payload", payload, link=link),)
        description = as_text(component.get("description")) or as_text(component.get("summary"))
        self._builder.sections.append(Section(name, kind, self._anchors[ref], description, fields))
