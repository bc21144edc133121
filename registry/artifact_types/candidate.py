"""Reads content for the detection of its type, at most once as text, JSON, YAML and XML."""

from collections.abc import Mapping
from functools import cached_property

from registry.artifact_types.syntax import json_text, xml_text, yaml_top_level


class Candidate:
    """A content and its Content-Type header, for the types' `detects` functions."""

    def __init__(self, content: bytes, content_type: str | None = None) -> None:
        self.content = content
        self.content_type = (content_type or "").lower()

    @cached_property
    def text(self) -> str | None:
        """Return the content as text; None if it is not UTF-8 or holds NUL characters."""
        try:
            text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    @cached_property
    def json(self) -> object:
        """Return the JSON value, or `json_text.NOT_JSON`."""
        return json_text.parse_strictly(self.content)

    @property
    def json_object(self) -> Mapping[str, object]:
        """Return the JSON object; empty for anything else."""
        return self.json if isinstance(self.json, dict) else {}

    @cached_property
    def top_level(self) -> Mapping[str, object]:
        """Return the top level of a JSON object or a YAML mapping; empty for anything else."""
        if self.json is not json_text.NOT_JSON:
            return self.json_object
        return {} if self.text is None else yaml_top_level.read_top_level(self.text)

    @cached_property
    def xml_root(self) -> xml_text.Root | None:
        """Return the root element of an XML document, or None."""
        return xml_text.read_root(self.content)
