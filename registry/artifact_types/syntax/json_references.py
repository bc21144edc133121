"""`$ref` in JSON documents: found, told apart by where they lead, and written into one document."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from registry.artifact_types.base import CannotDereference
from registry.artifact_types.checks import Document, Unmapped
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import Structured, read_json_or_yaml
from registry.artifact_types.syntax.json_places import pointer

Path = tuple[str | int, ...]
#: Beneath these keys stand examples and constants, which refer to nothing.
_PLAIN = frozenset({"const", "default", "enum", "example", "examples"})


@dataclass(frozen=True, slots=True)
class Ref:
    """`path` leads to the object that has the `$ref`."""

    text: str
    path: Path
    holder: dict[str, object]

    @property
    def resource(self) -> str:
        """All before the fragment; empty for what is in the same document."""
        return self.text.partition("#")[0]

    @property
    def fragment(self) -> str:
        return self.text.partition("#")[2]


def objects(value: object) -> Iterator[tuple[Path, dict[str, object]]]:
    """Every object that is not part of an example or a constant, outer ones first."""
    waiting: list[tuple[Path, object]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        inner: list[tuple[Path, object]] = []
        if isinstance(each, dict):
            yield path, each
            is_names = bool(path) and path[-1] in {"properties", "definitions", "$defs"}
            inner = [
                ((*path, key), value)
                for key, value in each.items()
                if isinstance(value, dict | list) and (is_names or key not in _PLAIN)
            ]
        elif isinstance(each, list):
            listed = enumerate(each)
            inner = [((*path, at), one) for at, one in listed if isinstance(one, dict | list)]
        waiting.extend(reversed(inner))


def refs(value: object) -> Iterator[Ref]:
    """All of them, in the order of the document."""
    for path, each in objects(value):
        text = each.get("$ref")
        if isinstance(text, str):
            yield Ref(text, path, each)


def unmapped(document: Document, names: Collection[str]) -> list[Unmapped]:
    """What it refers to outside of itself: a reference may have the whole text or its resource."""
    structured = read_json_or_yaml(document.content)
    if not isinstance(structured, Structured):
        return []
    ids = {each["$id"] for _, each in objects(structured.value) if isinstance(each.get("$id"), str)}
    found: dict[str, Unmapped] = {}
    for ref in refs(structured.value):
        spelled = tuple(dict.fromkeys((ref.text, ref.resource)))
        if not ref.resource or ref.resource in ids or any(each in names for each in spelled):
            continue
        if ref.text not in found:
            found[ref.text] = Unmapped(spelled, pointer(ref.path), structured.line(ref.path))
    return list(found.values())


def resources(references: Mapping[str, bytes]) -> dict[str, object]:
    """The values of referenced contents by resource; what can't be read is left out."""
    found: dict[str, object] = {}
    for name, content in references.items():
        read = read_json_or_yaml(content)
        if isinstance(read, Structured):
            found.setdefault(name.partition("#")[0], read.value)
    return found


def _own_names(known: Mapping[str, object]) -> dict[str, str]:
    """Resources by the names that refer to them and by the addresses that they give themselves."""
    names: dict[str, str] = {}
    for resource, value in known.items():
        for keyword in ("$id", "id"):
            given = value.get(keyword) if isinstance(value, dict) else None
            if isinstance(given, str):
                names.setdefault(given.removesuffix("#"), resource)
    return names | {resource: resource for resource in known}


def find(value: object, fragment: str) -> object:
    """What a JSON pointer, as a fragment spells it, leads to; raises LookupError."""
    for step in fragment.split("/")[1:]:
        key = _unescaped(step)
        if isinstance(value, dict):
            value = value[key]
        elif isinstance(value, list) and key.isdecimal():
            value = value[int(key)]
        else:
            raise LookupError(fragment)
    return value


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")


@dataclass(slots=True)
class Bundle:
    """One document with its references written into it below `home`, each under a key of its own.

    `fitted` prepares a referenced value for its place there.
    """

    home: Path
    fitted: Callable[[object], object] = lambda value: value
    known: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def of(self, root: object, references: Mapping[str, bytes]) -> bytes:
        """Compact JSON; raises CannotDereference."""
        try:
            return self._bundled(root, references)
        except RecursionError as error:
            raise CannotDereference("it is nested too deeply") from error

    def _bundled(self, root: object, references: Mapping[str, bytes]) -> bytes:
        self.known = resources(references)
        self.names = _own_names(self.known)
        if not isinstance(root, dict):
            return json_text.printed(root, sort_keys=False)
        home = self._made(root)
        self._redirect(root, "")
        while self.waiting:
            resource = self.waiting.pop(0)
            value = self.fitted(self.known[resource])
            home[self.taken[resource]] = value
            self._redirect(value, self._place(resource))
        if not home:
            self._unmade(root)
        return json_text.printed(root, sort_keys=False)

    def _redirect(self, value: object, place: str) -> None:
        """References within the value, which now stands at `place`, and to other resources."""
        for ref in list(refs(value)):
            if not ref.resource:
                if ref.fragment == "" or ref.fragment.startswith("/"):
                    ref.holder["$ref"] = f"#{place}{ref.fragment}"
            elif ref.resource in self.names:
                home = self._place(self.names[ref.resource])
                ref.holder["$ref"] = f"#{home}{ref.fragment}"
            elif "://" not in ref.resource:
                raise CannotDereference(f"nothing is known of {ref.text!r}, which it refers to")

    def _place(self, resource: str) -> str:
        if resource not in self.taken:
            self.taken[resource] = self._key(resource)
            self.waiting.append(resource)
        return pointer((*self.home, self.taken[resource]))

    def _key(self, resource: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", resource).strip("_") or "referenced"
        key, number = plain, 1
        while key in self.taken.values():
            number += 1
            key = f"{plain}_{number}"
        return key

    def _made(self, root: dict[str, object]) -> dict[str, object]:
        inner = root
        for step in self.home:
            made = inner.setdefault(str(step), {})
            if not isinstance(made, dict):
                raise CannotDereference(f"{pointer(self.home)} is no object")
            inner = made
        self.taken.update({f"\0{key}": key for key in inner})
        return inner

    def _unmade(self, root: dict[str, object]) -> None:
        if len(self.home) == 1 and not root[str(self.home[0])]:
            del root[str(self.home[0])]


def dereferenced(content: bytes, references: Mapping[str, bytes]) -> bytes:
    """An API document, as JSON, with its references in an extension; raises CannotDereference."""
    read = read_json_or_yaml(content)
    if not isinstance(read, Structured):
        raise CannotDereference("it is neither JSON nor YAML")
    return Bundle(("x-references",)).of(read.value, references)
