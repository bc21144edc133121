"""An AsyncAPI description, 2.x or 3.x, as a reference: what is said on which channel."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.outlines.api_descriptions import described, resolved
from registry.outlines.json_properties import Properties
from registry.outlines.model import Draft, Field, Operation, Outline, Section, items, mapping, text


def read(content: bytes) -> Outline | None:
    document = described(content)
    return None if document is None else _Outliner(document).outline()


class _Outliner:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._draft = Draft()
        parts = mapping(document.get("components"))
        self._told = {
            f"#/components/{kind}/{name}": (name, each)
            for kind in ("messages", "schemas")
            for name, each in mapping(parts.get(kind)).items()
        }
        self._anchors = {ref: self._draft.anchor(name) for ref, (name, _) in self._told.items()}
        self._properties = Properties(self._draft, lambda ref: self._anchors.get(ref, ""))

    def outline(self) -> Outline:
        info = mapping(self._document.get("info"))
        self._draft.operations += [*self._of_channels(), *self._of_operations()]
        for ref, (name, each) in self._told.items():
            if self._draft.has_room():
                self._draft.sections.append(self._section(ref, name, each))
        title = text(info.get("title")) or "API"
        return self._draft.done(title, text(info.get("description")), tuple(self._facts(info)))

    def _facts(self, info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield "Format", f"AsyncAPI {self._document.get('asyncapi')}"
        if info.get("version"):
            yield "Version", str(info["version"])
        for name, server in mapping(self._document.get("servers")).items():
            told = mapping(server)
            where = text(told.get("url")) or text(told.get("host"))
            yield "Server", f"{name}: {where} ({told.get('protocol')})"

    def _of_channels(self) -> Iterator[Operation]:
        """As 2.x has it: `publish` and `subscribe` of each channel."""
        for channel, told in mapping(self._document.get("channels")).items():
            for verb, key in (("PUB", "publish"), ("SUB", "subscribe")):
                operation = mapping(told).get(key)
                if isinstance(operation, dict) and self._draft.has_room():
                    yield self._operation(verb, channel, told, operation)

    def _of_operations(self) -> Iterator[Operation]:
        """As 3.x has it: operations name their channels."""
        for told in mapping(self._document.get("operations")).values():
            operation = mapping(told)
            channel = resolved(self._document, operation.get("channel"))
            verb = text(operation.get("action")).upper()
            if verb and self._draft.has_room():
                messages = operation.get("messages") or list(
                    mapping(channel.get("messages")).values()
                )
                said = {**operation, "message": {"oneOf": messages}}
                yield self._operation(verb, text(channel.get("address")), channel, said)

    def _operation(
        self, verb: str, path: str, channel: object, told: Mapping[str, Any]
    ) -> Operation:
        message = mapping(told.get("message"))
        said = items(message.get("oneOf")) or ([message] if message else [])
        return Operation(
            verb,
            path,
            self._draft.anchor(f"{verb}-{path}"),
            text(told.get("summary")) or text(told.get("operationId")),
            text(told.get("description")) or text(mapping(channel).get("description")),
            tuple(self._parameters(mapping(channel))),
            answers=tuple(self._message(each) for each in said),
        )

    def _parameters(self, channel: Mapping[str, Any]) -> Iterator[Field]:
        for name, told in mapping(channel.get("parameters")).items():
            parameter = resolved(self._document, told)
            words, link = self._properties.words(parameter.get("schema"))
            yield Field(name, words, True, text(parameter.get("description")), link=link)

    def _message(self, told: object) -> tuple[str, str, str, str]:
        ref = text(mapping(told).get("$ref"))
        message = resolved(self._document, told)
        name = text(message.get("name")) or ref.rpartition("/")[2] or "message"
        words, link = self._properties.words(message.get("payload"))
        return "", name, words, self._anchors.get(ref, link)

    def _section(self, ref: str, name: str, told: object) -> Section:
        described = mapping(told)
        schema = described.get("payload") if "/messages/" in ref else told
        kind = "message" if "/messages/" in ref else self._properties.words(schema)[0]
        fields = tuple(self._properties.fields(schema))
        if not fields:
            words, link = self._properties.words(schema)
            fields = (Field("payload", words, link=link),)
        description = text(described.get("description")) or text(described.get("summary"))
        return Section(name, kind, self._anchors[ref], description, fields)
