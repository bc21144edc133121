"""An OpenAPI description, 2.0 to 3.1, as a reference: operations, then their schemas."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.outlines.api_descriptions import read_document, resolve
from registry.outlines.json_properties import PropertyReader, constraints
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
        self._builder = OutlineBuilder()
        components = as_mapping(document.get("components"))
        self._schemas = {
            f"{prefix}{name}": (name, schema)
            for prefix, schemas in (
                ("#/definitions/", document.get("definitions")),
                ("#/components/schemas/", components.get("schemas")),
            )
            for name, schema in as_mapping(schemas).items()
        }
        self._anchors = {
            ref: self._builder.add_anchor(f"schema-{name}")
            for ref, (name, _) in self._schemas.items()
        }
        self._properties = PropertyReader(self._builder, lambda ref: self._anchors.get(ref, ""))

    def outline(self) -> Outline:
        for key in ("paths", "webhooks"):
            for path, value in as_mapping(self._document.get(key)).items():
                self._add_operations(path, resolve(self._document, value))
        for ref, (name, schema) in self._schemas.items():
            if not self._builder.has_room():
                continue
            kind, link = self._properties.describe_type(schema)
            fields = tuple(self._properties.fields(schema))
            if not fields:
                limits = tuple(constraints(as_mapping(schema)))
                fields = (Field("value", kind, link=link, facts=limits),)
            description = as_text(as_mapping(schema).get("description"))
            self._builder.sections.append(
                Section(name, kind, self._anchors[ref], description, fields)
            )
        info = as_mapping(self._document.get("info"))
        version = self._document.get("openapi") or self._document.get("swagger")
        facts = [("Format", f"OpenAPI {version}")]
        facts += [
            (name, str(info[key]))
            for name, key in (("Version", "version"), ("Terms", "termsOfService"))
            if info.get(key)
        ]
        if as_mapping(info.get("license")).get("name"):
            facts.append(("Licence", str(info["license"]["name"])))
        servers = as_list(self._document.get("servers"))
        facts += [("Server", as_text(as_mapping(server).get("url"))) for server in servers]
        if self._document.get("host"):
            address = f"{self._document['host']}{self._document.get('basePath', '')}"
            facts.append(("Server", address))
        title = as_text(info.get("title")) or "API"
        return self._builder.build(title, as_text(info.get("description")), tuple(facts))

    def _add_operations(self, path: str, item: Mapping[str, Any]) -> None:
        shared_parameters = as_list(item.get("parameters"))
        for verb in _VERBS:
            value = item.get(verb)
            if not isinstance(value, dict) or not self._builder.has_room():
                continue
            own_parameters = as_list(value.get("parameters"))
            parameters = [
                resolve(self._document, item) for item in (*shared_parameters, *own_parameters)
            ]
            fields = []
            for parameter in parameters:
                if parameter.get("in") == "body":
                    continue
                schema = parameter.get("schema", parameter)
                kind, link = self._properties.describe_type(schema)
                fields.append(
                    Field(
                        as_text(parameter.get("name")),
                        kind,
                        parameter.get("required") is True,
                        as_text(parameter.get("description")),
                        link=link,
                        facts=(f"in {parameter.get('in')}", *constraints(as_mapping(schema))),
                    )
                )
            self._builder.operations.append(
                Operation(
                    verb.upper(),
                    path,
                    self._builder.add_anchor(f"{verb}-{path}"),
                    as_text(value.get("summary")),
                    as_text(value.get("description")),
                    tuple(fields),
                    tuple(self._body(value, parameters)),
                    tuple(self._responses(value)),
                    value.get("deprecated") is True,
                    tuple(map(str, as_list(value.get("tags")))),
                )
            )

    def _body(
        self, operation: Mapping[str, Any], parameters: list[Mapping[str, Any]]
    ) -> Iterator[tuple[str, str, str]]:
        body = resolve(self._document, operation.get("requestBody"))
        for media_type, value in as_mapping(body.get("content")).items():
            schema = as_mapping(value).get("schema")
            yield (media_type, *self._properties.describe_type(schema))
        # 2.0 has the body among the parameters.
        for parameter in parameters:
            if parameter.get("in") == "body":
                yield ("", *self._properties.describe_type(parameter.get("schema")))

    def _responses(self, operation: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        for status, value in as_mapping(operation.get("responses")).items():
            response = resolve(self._document, value)
            content = next(iter(as_mapping(response.get("content")).values()), None)
            schema = as_mapping(content).get("schema", response.get("schema"))
            description = as_text(response.get("description"))
            yield (str(status), description, *self._properties.describe_type(schema))
