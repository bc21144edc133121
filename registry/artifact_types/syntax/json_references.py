"""`$ref` in JSON documents: listed, resolved, and written out into one document."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from registry.artifact_types.base import DereferenceError
from registry.artifact_types.checks import Document, UnresolvedReference
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import ParsedDocument, read_json_or_yaml
from registry.artifact_types.syntax.json_positions import pointer

Path = tuple[str | int, ...]
#: Examples and constants, in which a `$ref` means nothing.
_PLAIN_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
#: Keywords whose members have free names, so that "default" there is no keyword.
_NAMED_SCHEMAS = frozenset({"properties", "definitions", "$defs"})


@dataclass(frozen=True, slots=True)
class Ref:
    """One `$ref`; `path` leads to `holder`, the object that has it."""

    text: str
    path: Path
    holder: dict[str, object]

    @property
    def resource(self) -> str:
        """The part before the fragment; empty within the same document."""
        return self.text.partition("#")[0]

    @property
    def fragment(self) -> str:
        return self.text.partition("#")[2]


def iter_objects(value: object) -> Iterator[tuple[Path, dict[str, object]]]:
    """Iterate over all objects outside of examples and constants, outer ones first."""
    stack: list[tuple[Path, object]] = [((), value)]
    while stack:
        path, node = stack.pop()
        children: list[tuple[Path, object]] = []
        if isinstance(node, dict):
            yield path, node
            has_free_names = bool(path) and path[-1] in _NAMED_SCHEMAS
            children = [
                ((*path, key), child)
                for key, child in node.items()
                if isinstance(child, dict | list) and (has_free_names or key not in _PLAIN_VALUES)
            ]
        elif isinstance(node, list):
            children = [
                ((*path, index), child)
                for index, child in enumerate(node)
                if isinstance(child, dict | list)
            ]
        stack.extend(reversed(children))


def iter_refs(value: object) -> Iterator[Ref]:
    """Iterate over all `$ref`s in the order of the document."""
    for path, holder in iter_objects(value):
        text = holder.get("$ref")
        if isinstance(text, str):
            yield Ref(text, path, holder)


def resolve_pointer(value: object, fragment: str) -> object:
    """Follow a JSON pointer, spelled as a fragment; raises LookupError."""
    for step in fragment.split("/")[1:]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value[key]
        elif isinstance(value, list) and key.isdecimal():
            value = value[int(key)]
        else:
            raise LookupError(fragment)
    return value


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List what the document refers to outside of itself.

    A reference may be named by the whole text of a `$ref` or by its resource.
    """
    parsed = read_json_or_yaml(document.content)
    if not isinstance(parsed, ParsedDocument):
        return []
    objects = (value for _, value in iter_objects(parsed.value))
    ids = {value["$id"] for value in objects if isinstance(value.get("$id"), str)}
    unresolved: dict[str, UnresolvedReference] = {}
    for ref in iter_refs(parsed.value):
        spellings = tuple(dict.fromkeys((ref.text, ref.resource)))
        if not ref.resource or ref.resource in ids or any(name in names for name in spellings):
            continue
        if ref.text not in unresolved:
            line = parsed.line(ref.path)
            unresolved[ref.text] = UnresolvedReference(spellings, pointer(ref.path), line)
    return list(unresolved.values())


def parse_resources(references: Mapping[str, bytes]) -> dict[str, object]:
    """Parse referenced contents, by resource; unreadable ones are left out."""
    resources: dict[str, object] = {}
    for name, content in references.items():
        parsed = read_json_or_yaml(content)
        if isinstance(parsed, ParsedDocument):
            resources.setdefault(name.partition("#")[0], parsed.value)
    return resources


@dataclass(slots=True)
class Bundler:
    """Writes references into one document below `home`, each under a key of its own.

    `prepare` adapts a referenced value to its new position.
    """

    home: Path
    prepare: Callable[[object], object] = lambda value: value
    _resources: Mapping[str, object] = field(default_factory=dict)
    #: Resources by the names that refer to them and by their own `$id`s.
    _names: Mapping[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _pending: list[str] = field(default_factory=list)

    def bundle(self, root: object, references: Mapping[str, bytes]) -> bytes:
        """Return the whole as compact JSON; raises DereferenceError."""
        self._resources = parse_resources(references)
        ids: dict[str, str] = {}
        for resource, value in self._resources.items():
            for keyword in ("$id", "id"):
                given = value.get(keyword) if isinstance(value, dict) else None
                if isinstance(given, str):
                    ids.setdefault(given.removesuffix("#"), resource)
        self._names = ids | {resource: resource for resource in self._resources}
        try:
            if isinstance(root, dict):
                self._write_out(root)
            return json_text.dump(root, sort_keys=False)
        except RecursionError as error:
            raise DereferenceError("it is nested too deeply") from error

    def _write_out(self, root: dict[str, object]) -> None:
        home = root
        for step in self.home:
            inner = home.setdefault(str(step), {})
            if not isinstance(inner, dict):
                raise DereferenceError(f"{pointer(self.home)} is no object")
            home = inner
        # Keys that the document has already are taken; no resource has a name with \0.
        self._keys.update({f"\0{key}": key for key in home})
        self._redirect(root, "")
        while self._pending:
            resource = self._pending.pop(0)
            value = self.prepare(self._resources[resource])
            home[self._keys[resource]] = value
            self._redirect(value, self._place(resource))
        if not home and len(self.home) == 1:
            del root[str(self.home[0])]

    def _redirect(self, value: object, place: str) -> None:
        """Redirect the references in a value that now stands at `place`."""
        for ref in list(iter_refs(value)):
            if not ref.resource:
                if ref.fragment == "" or ref.fragment.startswith("/"):
                    ref.holder["$ref"] = f"#{place}{ref.fragment}"
            elif ref.resource in self._names:
                target = self._place(self._names[ref.resource])
                ref.holder["$ref"] = f"#{target}{ref.fragment}"
            elif "://" not in ref.resource:
                raise DereferenceError(f"nothing is known of {ref.text!r}, which it refers to")

    def _place(self, resource: str) -> str:
        """Return the pointer to a resource, which is written out there later."""
        if resource not in self._keys:
            plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", resource).strip("_") or "referenced"
            key, number = plain, 1
            while key in self._keys.values():
                number += 1
                key = f"{plain}_{number}"
            self._keys[resource] = key
            self._pending.append(resource)
        return pointer((*self.home, self._keys[resource]))


def dereference(content: bytes, references: Mapping[str, bytes]) -> bytes:
    """Write references into an extension of an API document; raises DereferenceError."""
    document = read_json_or_yaml(content)
    if not isinstance(document, ParsedDocument):
        raise DereferenceError("it is neither JSON nor YAML")
    return Bundler(("x-references",)).bundle(document.value, references)
