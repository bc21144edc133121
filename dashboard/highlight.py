"""Content as colored text: Pygments' classes, whose colors are in static/css/code.css."""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

#: Coloring takes about a second a megabyte.
_COLOR_LIMIT = 200_000
_SHOW_LIMIT = 1_000_000
_LEXERS = {"PROTOBUF": "protobuf", "GRAPHQL": "graphql", "XSD": "xml", "WSDL": "xml", "XML": "xml"}


@dataclass(frozen=True, slots=True)
class Shown:
    """`remark` says what is not shown as it is; empty when all is."""

    html: SafeString
    remark: str


def show(content: bytes, type_name: str | None) -> Shown:
    """Bounded: long content is not colored, very long content is cut."""
    text = content[:_SHOW_LIMIT].decode("utf-8", "replace")
    if len(content) > _SHOW_LIMIT:
        remark = f"Only the first {_SHOW_LIMIT:,} of {len(content):,} bytes are shown."
        return Shown(escape(text), remark)
    remark = "" if text.encode() == content else "Bytes that are not UTF-8 are shown as \ufffd."
    if len(content) > _COLOR_LIMIT:
        return Shown(escape(text), remark)
    return Shown(_color(text, type_name), remark)


def _color(text: str, type_name: str | None) -> SafeString:
    lexer = get_lexer_by_name(_lexer_name(text, type_name), stripnl=False, ensurenl=False)
    # Pygments escapes the text.
    html: str = highlight(text, lexer, HtmlFormatter(nowrap=True))
    return mark_safe(html)


def _lexer_name(text: str, type_name: str | None) -> str:
    if type_name in _LEXERS:
        return _LEXERS[type_name]
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        return "xml"
    return "json" if start in {"{", "[", '"'} else "yaml"
