"""Writes XML contents and their references as files, the only locations for libraries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.xml_imports import (
    ReferenceNames,
    missing_import,
    replace_locations,
)
from registry.artifact_types.syntax.xml_validity import syntax_violations


@dataclass(slots=True)
class XmlFiles:
    """A folder with a document at `path` and its references, all under made-up names.

    Locations lead to these files alone: unresolved ones get names of missing files, so that no
    location reads another file of this machine or is fetched.
    `unreadable` are violations for imports that are no XML.
    """

    folder: Path
    unreadable: list[Violation] = field(default_factory=list)
    #: What each file is called in the contents.
    _names: dict[str, str] = field(default_factory=dict)
    #: Those that are not there.
    _missing: set[str] = field(default_factory=set)

    @property
    def path(self) -> Path:
        return self.folder / f"{self.folder.name}.xml"

    def write(self, document: Document) -> None:
        """Write the document, and the references with well-formed XML."""
        wrong = {
            name: violations[0]
            for name, reference in document.references.items()
            if (violations := syntax_violations(reference))
        }
        known = ReferenceNames(document.references)
        files = {name: self._new_file(name) for name in document.references}

        def relocate(content: bytes, source: str) -> bytes:
            def lead_to_file(location: str) -> str:
                name = known.find(location, source)
                if name is None:
                    return self._new_file(location, is_missing=True)
                if name in wrong:
                    reason = wrong.pop(name).message
                    self.unreadable.append(
                        Violation(f"The reference {name!r} can't be read: {reason}")
                    )
                return files[name]

            return replace_locations(content, lead_to_file)

        readable = {
            name: reference for name, reference in document.references.items() if name not in wrong
        }
        self.path.write_bytes(relocate(document.content, ""))
        for name, reference in readable.items():
            (self.folder / files[name]).write_bytes(relocate(reference, name))

    def with_given_names(self, violation: Violation) -> Violation:
        """Return the violation with the contents' names instead of file names."""
        stem = self.folder.name
        path = rf"(?:(?:file://)?{re.escape(str(self.folder))}/)?{stem}(-\d+)?\.xml"
        for number in re.findall(path, violation.message):
            if number in self._missing:
                return missing_import(self._names[number])

        def given(match: re.Match[str]) -> str:
            return self._names[match[1]] if match[1] else "the content"

        return replace(violation, message=re.sub(path, given, violation.message))

    def _new_file(self, name: str, *, is_missing: bool = False) -> str:
        number = f"-{len(self._names)}"
        self._names[number] = name
        if is_missing:
            self._missing.add(number)
        return f"{self.folder.name}{number}.xml"


@contextmanager
def written_as_files(document: Document) -> Iterator[XmlFiles]:
    """Write a document of well-formed XML, and its references, to a temporary folder."""
    with TemporaryDirectory(prefix="annals-") as folder:
        files = XmlFiles(Path(folder))
        files.write(document)
        yield files
