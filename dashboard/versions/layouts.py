"""The layouts in which pages show a document."""

from registry import checking

#: The values of `layout` in an address, with their words.
LAYOUTS = {"stored": "As stored", "json": "JSON", "yaml": "YAML"}
#: Longer contents of one line are hard to read as they are.
_LONG_LINE = 100


def default_layout(content: bytes) -> str:
    """Return stored, or json for a document on one line."""
    body = content.strip()
    is_one_line = len(body) > _LONG_LINE and b"\n" not in body and body[:1] in b"{["
    return "json" if is_one_line and available_layouts(content) else "stored"


def lay_out(content: bytes, layout: str) -> bytes | None:
    """Return a document as json or yaml; None if not convertible."""
    return checking.lay_out(content, layout) if layout in ("json", "yaml") else None


def available_layouts(content: bytes) -> list[tuple[str, str]]:
    """Return the layouts with their words; empty without a choice."""
    return list(LAYOUTS.items()) if checking.has_layouts(content) else []
