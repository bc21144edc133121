"""Checks shared by OpenAPI and AsyncAPI: by a schema for the version, and of `$ref`s."""

import json
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import ParsedDocument, read_json_or_yaml
from registry.artifact_types.syntax.json_objects import Path, iter_links
from registry.artifact_types.syntax.json_references import (
    JsonDocument,
    Scope,
    UnknownResource,
    UnresolvedRef,
)
from registry.artifact_types.syntax.metaschemas import (
    build_validator,
    merge_violations,
    schema_violations,
)

#: Types of security schemes whose requirements list scopes.
_TYPES_WITH_SCOPES = frozenset({"oauth2", "openIdConnect"})
#: Schemas of payloads that are written in another language than AsyncAPI's.
_OTHER_FORMATS = ("/avroSchema_v1.json", "/openapiSchema_3_0.json")
#: An object of a document, with its path.
Located = tuple[Path, Mapping[str, Any]]


@lru_cache(maxsize=16)
def load_specification(path: pathlib.Path) -> jsonschema_rs.Validator:
    """Load the JSON Schema of a specification's documents."""
    schema: dict[str, Any] = json.loads(path.read_bytes())
    _allow_payload_refs(schema)
    inner = schema.get("$defs", {}).get("schema", {})
    if inner.get("$dynamicAnchor") == "meta":
        # OpenAPI 3.1 leaves the dialect of its schemas open; most have the default one.
        inner["$ref"] = "https://json-schema.org/draft/2020-12/schema"
    return build_validator(schema)


def _allow_payload_refs(schema: Mapping[str, Any]) -> None:
    """Let payloads of other formats be a `$ref`, as the schemas of AsyncAPI 3 do."""
    for address, definition in schema.get("definitions", {}).items():
        version, _, name = address.removeprefix("http://asyncapi.com/definitions/").partition("/")
        if not version.startswith("2.") or name != "message.json":
            continue
        for condition in definition["oneOf"][1]["oneOf"][1]["allOf"]:
            properties = condition["then"]["properties"]
            if properties["payload"]["$ref"].endswith(_OTHER_FORMATS):
                reference = {"$ref": address.replace(name, "Reference.json")}
                properties["payload"] = {"anyOf": [reference, properties["payload"]]}


def syntax_violations(content: bytes, *keys: str) -> list[Violation]:
    """Check for JSON or YAML with one of the keys for a version."""
    document = read_json_or_yaml(content)
    return [document] if isinstance(document, Violation) else _shape_violations(document, keys)


def violations(
    document: Document,
    folder: pathlib.Path,
    keys: tuple[str, ...],
    find_schema: Callable[[str, str], str | None],
    check_meaning: Callable[[ParsedDocument, str], Iterable[Violation]],
) -> list[Violation]:
    """Check by the specification's schema, by the targets of `$ref`s, and by `check_meaning`.

    One of the `keys` gives a version; `find_schema` returns the name of the schema in `folder` for
    a key and its version, or None. `check_meaning` gets the version, too.
    """
    parsed = read_json_or_yaml(document.content)
    if isinstance(parsed, Violation):
        return [parsed]
    wrong_shape = _shape_violations(parsed, keys)
    if wrong_shape or not isinstance(parsed.value, dict):
        return wrong_shape
    key = next(key for key in keys if key in parsed.value)
    version = str(parsed.value[key])
    name = find_schema(key, version)
    if name is None:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.json")))
        message = f"The version {version!r} is not known here"
        return [parsed.violation(message, (key,), f"Known are {known}.")]
    return merge_violations(
        parsed.duplicate_key_violations(),
        schema_violations(load_specification(folder / f"{name}.json"), parsed),
        _dangling_refs(parsed),
        check_meaning(parsed, version),
    )


def security_violations(
    document: ParsedDocument,
    holders: Iterable[Located],
    schemes: Mapping[str, Any],
    *,
    may_list_roles: bool,
    may_be_addresses: bool,
) -> Iterator[Violation]:
    """Report requirements of undeclared security schemes, and scopes of schemes without scopes."""
    for path, name, scopes in _iter_requirements(holders):
        scheme = schemes.get(name)
        is_address = may_be_addresses and any(sign in name for sign in "/.#:")
        if scheme is None and not is_address:
            message = f"The security scheme {name!r} is not declared"
            yield document.violation(message, path, "Declare it, or mend its name.")
        kind = scheme.get("type") if isinstance(scheme, dict) else None
        if scopes and kind and kind not in _TYPES_WITH_SCOPES and not may_list_roles:
            message = f"The security scheme {name!r} of type {kind} takes no scopes"
            yield document.violation(message, path, "Leave the list empty.")


def _iter_requirements(holders: Iterable[Located]) -> Iterator[tuple[Path, str, object]]:
    for path, holder in holders:
        for index, requirement in enumerate(inner_list(holder, "security")):
            for name, scopes in requirement.items() if isinstance(requirement, dict) else ():
                yield (*path, "security", index, name), name, scopes


def tag_violations(document: ParsedDocument) -> Iterator[Violation]:
    """Report repeated tags of the document."""
    names: set[str] = set()
    for index, tag in enumerate(inner_list(document.value, "tags")):
        name = tag.get("name") if isinstance(tag, dict) else None
        if isinstance(name, str) and name in names:
            message = f"The tag {name!r} is there twice"
            yield document.violation(message, ("tags", index))
        names.add(str(name))


def inner_object(value: object, key: str) -> Mapping[str, Any]:
    """Return the object at a key; empty if there is none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def inner_list(value: object, key: str) -> list[Any]:
    """Return the list at a key; empty if there is none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else []


def iter_inner_objects(value: object, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over the objects in the object at a key."""
    for name, item in inner_object(value, key).items():
        if isinstance(item, dict):
            yield name, item


def _shape_violations(document: ParsedDocument, keys: tuple[str, ...]) -> list[Violation]:
    if isinstance(document.value, dict) and any(key in document.value for key in keys):
        return []
    alternatives = " or ".join(map(repr, keys))
    return [document.violation(f"The document is no object with {alternatives}", ())]


def _dangling_refs(document: ParsedDocument) -> Iterator[Violation]:
    """Report unresolved `$ref`s within the document; INTEGRITY checks all others."""
    root = JsonDocument.read(document.value)
    scope = Scope(root.address, (), lambda name: None)
    for ref in iter_links(root.objects, is_api=True):
        if ref.key in {"$dynamicRef", "$recursiveRef"}:
            # Where these lead is known only on the way.
            continue
        try:
            scope.find(root, ref)
        except UnknownResource:
            continue
        except UnresolvedRef:
            if not ref.is_optional and not _passes_a_ref(document.value, ref.fragment):
                message = f"There is nothing at {ref.text!r}, to which it refers"
                hint = "Define it, or mend the path."
                yield document.violation(message, (*ref.path, ref.key), hint)


def _passes_a_ref(value: object, fragment: str) -> bool:
    """Return whether a pointer leads through a `$ref`.

    Tools look further at the target of such a `$ref`.
    """
    steps = unquote(fragment).split("/")[1:]
    while steps and isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            return True
        value = value.get(steps.pop(0).replace("~1", "/").replace("~0", "~"))
    return False
