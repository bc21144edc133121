"""An OpenAPI description, 2.0 to 3.1, as a reference: operations, then the schemas they use."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.outlines.api_descriptions import read_document, resolve
from registry.outlines.json_properties import Properties, constraints
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

_VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def read(content: bytes) -> Outline | None:
    document = read_document(content)
    return None if document is None else _Outliner(document).outline()


class _Outliner:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._draft = OutlineBuilder()
        self._schemas = {
            **{f"#/definitions/{name}": (name, each) for name, each in self._at("definitions")},
            **{
                f"#/components/schemas/{name}": (name, each)
                for name, each in self._at("components", "schemas")
            },
        }
        self._anchors = {
            ref: self._draft.add_anchor(f"schema-{name}")
            for ref, (name, _) in self._schemas.items()
        }
        self._properties = Properties(self._draft, lambda ref: self._anchors.get(ref, ""))

    def _at(self, *path: str) -> list[tuple[str, Any]]:
        found: object = self._document
        for step in path:
            found = as_mapping(found).get(step)
        return list(as_mapping(found).items())

    def outline(self) -> Outline:
        info = as_mapping(self._document.get("info"))
        for path, item in [*self._at("paths"), *self._at("webhooks")]:
            self._draft.operations += self._operations(path, resolve(self._document, item))
        for ref, (name, schema) in self._schemas.items():
            if self._draft.has_room():
                self._draft.sections.append(self._section(name, schema, self._anchors[ref]))
        title = as_text(info.get("title")) or "API"
        return self._draft.build(title, as_text(info.get("description")), tuple(self._facts(info)))

    def _facts(self, info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        told = self._document.get("openapi") or self._document.get("swagger")
        yield "Format", f"OpenAPI {told}"
        for name, key in (("Version", "version"), ("Terms", "termsOfService")):
            if info.get(key):
                yield name, str(info[key])
        if as_mapping(info.get("license")).get("name"):
            yield "Licence", str(info["license"]["name"])
        for server in as_list(self._document.get("servers")):
            yield "Server", as_text(as_mapping(server).get("url"))
        if self._document.get("host"):
            yield "Server", f"{self._document['host']}{self._document.get('basePath', '')}"

    def _operations(self, path: str, item: Mapping[str, Any]) -> Iterator[Operation]:
        shared = as_list(item.get("parameters"))
        for verb in _VERBS:
            told = item.get(verb)
            if isinstance(told, dict) and self._draft.has_room():
                yield self._operation(verb, path, told, shared)

    def _operation(
        self, verb: str, path: str, told: Mapping[str, Any], shared: list[Any]
    ) -> Operation:
        given = [
            resolve(self._document, each) for each in (*shared, *as_list(told.get("parameters")))
        ]
        return Operation(
            verb.upper(),
            path,
            self._draft.add_anchor(f"{verb}-{path}"),
            as_text(told.get("summary")),
            as_text(told.get("description")),
            tuple(self._parameter(each) for each in given if each.get("in") != "body"),
            tuple(self._body(told, given)),
            tuple(self._answers(told)),
            told.get("deprecated") is True,
            tuple(map(str, as_list(told.get("tags")))),
        )

    def _parameter(self, told: Mapping[str, Any]) -> Field:
        schema = told.get("schema", told)
        words, link = self._properties.words(schema)
        return Field(
            as_text(told.get("name")),
            words,
            told.get("required") is True,
            as_text(told.get("description")),
            link=link,
            facts=(f"in {told.get('in')}", *constraints(as_mapping(schema))),
        )

    def _body(
        self, told: Mapping[str, Any], given: list[Mapping[str, Any]]
    ) -> Iterator[tuple[str, str, str]]:
        body = resolve(self._document, told.get("requestBody"))
        for media, each in as_mapping(body.get("content")).items():
            yield (media, *self._properties.words(as_mapping(each).get("schema")))
        for each in given:
            if each.get("in") == "body":
                yield ("", *self._properties.words(each.get("schema")))

    def _answers(self, told: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        for status, each in as_mapping(told.get("responses")).items():
            answer = resolve(self._document, each)
            content = next(iter(as_mapping(answer.get("content")).values()), None)
            schema = as_mapping(content).get("schema", answer.get("schema"))
            yield (str(status), as_text(answer.get("description")), *self._properties.words(schema))

    def _section(self, name: str, schema: object, anchor: str) -> Section:
        told = as_mapping(schema)
        words, link = self._properties.words(schema)
        fields = tuple(self._properties.fields(schema))
        if not fields:
            fields = (Field("value", words, link=link, facts=tuple(constraints(told))),)
        return Section(name, words, anchor, as_text(told.get("description")), fields)
