"""An AsyncAPI description, 2.x or 3.x, as a reference: what is said on which channel."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.outlines.api_descriptions import read_document, resolve
from registry.outlines.json_properties import Properties
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
        self._draft = OutlineBuilder()
        parts = as_mapping(document.get("components"))
        self._told = {
            f"#/components/{kind}/{name}": (name, each)
            for kind in ("messages", "schemas")
            for name, each in as_mapping(parts.get(kind)).items()
        }
        self._anchors = {ref: self._draft.add_anchor(name) for ref, (name, _) in self._told.items()}
        self._properties = Properties(self._draft, lambda ref: self._anchors.get(ref, ""))

    def outline(self) -> Outline:
        info = as_mapping(self._document.get("info"))
        self._draft.operations += [*self._of_channels(), *self._of_operations()]
        for ref, (name, each) in self._told.items():
            if self._draft.has_room():
                self._draft.sections.append(self._section(ref, name, each))
        title = as_text(info.get("title")) or "API"
        return self._draft.build(title, as_text(info.get("description")), tuple(self._facts(info)))

    def _facts(self, info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield "Format", f"AsyncAPI {self._document.get('asyncapi')}"
        if info.get("version"):
            yield "Version", str(info["version"])
        for name, server in as_mapping(self._document.get("servers")).items():
            told = as_mapping(server)
            where = as_text(told.get("url")) or as_text(told.get("host"))
            yield "Server", f"{name}: {where} ({told.get('protocol')})"

    def _of_channels(self) -> Iterator[Operation]:
        """As 2.x has it: `publish` and `subscribe` of each channel."""
        for channel, told in as_mapping(self._document.get("channels")).items():
            for verb, key in (("PUB", "publish"), ("SUB", "subscribe")):
                operation = as_mapping(told).get(key)
                if isinstance(operation, dict) and self._draft.has_room():
                    yield self._operation(verb, channel, told, operation)

    def _of_operations(self) -> Iterator[Operation]:
        """As 3.x has it: operations name their channels."""
        for told in as_mapping(self._document.get("operations")).values():
            operation = as_mapping(told)
            channel = resolve(self._document, operation.get("channel"))
            verb = as_text(operation.get("action")).upper()
            if verb and self._draft.has_room():
                messages = operation.get("messages") or list(
                    as_mapping(channel.get("messages")).values()
                )
                said = {**operation, "message": {"oneOf": messages}}
                yield self._operation(verb, as_text(channel.get("address")), channel, said)

    def _operation(
        self, verb: str, path: str, channel: object, told: Mapping[str, Any]
    ) -> Operation:
        message = as_mapping(told.get("message"))
        said = as_list(message.get("oneOf")) or ([message] if message else [])
        return Operation(
            verb,
            path,
            self._draft.add_anchor(f"{verb}-{path}"),
            as_text(told.get("summary")) or as_text(told.get("operationId")),
            as_text(told.get("description")) or as_text(as_mapping(channel).get("description")),
            tuple(self._parameters(as_mapping(channel))),
            responses=tuple(self._message(each) for each in said),
        )

    def _parameters(self, channel: Mapping[str, Any]) -> Iterator[Field]:
        for name, told in as_mapping(channel.get("parameters")).items():
            parameter = resolve(self._document, told)
            words, link = self._properties.words(parameter.get("schema"))
            yield Field(name, words, True, as_text(parameter.get("description")), link=link)

    def _message(self, told: object) -> tuple[str, str, str, str]:
        ref = as_text(as_mapping(told).get("$ref"))
        message = resolve(self._document, told)
        name = as_text(message.get("name")) or ref.rpartition("/")[2] or "message"
        words, link = self._properties.words(message.get("payload"))
        return "", name, words, self._anchors.get(ref, link)

    def _section(self, ref: str, name: str, told: object) -> Section:
        described = as_mapping(told)
        schema = described.get("payload") if "/messages/" in ref else told
        kind = "message" if "/messages/" in ref else self._properties.words(schema)[0]
        fields = tuple(self._properties.fields(schema))
        if not fields:
            words, link = self._properties.words(schema)
            fields = (Field("payload", words, link=link),)
        description = as_text(described.get("description")) or as_text(described.get("summary"))
        return Section(name, kind, self._anchors[ref], description, fields)
