"""Content as colored lines: Pygments' classes, whose colors are in static/css/code.css.

Each line has an address of its own, and folds what stands deeper below it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

#: Coloring takes about a second a megabyte.
_COLOR_LIMIT = 200_000
#: What a page of some 100 KB, compressed, holds.
_SHOW_LIMIT = 600_000
#: Of more lines a page would be slow: they are shown without addresses.
_LINK_LIMIT = 5_000
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
        return Shown(_linked(text, escape(text)), remark)
    remark = "" if text.encode() == content else "Bytes that are not UTF-8 are shown as \ufffd."
    if len(content) > _COLOR_LIMIT:
        return Shown(_linked(text, escape(text)), remark)
    return Shown(_linked(text, _color(text, type_name)), remark)


def _linked(text: str, html: str) -> SafeString:
    """`html` is the same text, marked up so that no element reaches over the end of a line."""
    lines = text.removesuffix("\n").split("\n")
    marked = html.removesuffix("\n").split("\n")
    if len(lines) > _LINK_LIMIT or len(lines) != len(marked):
        return mark_safe(html)
    folds = set(_folding(lines))
    end = text[len(text.removesuffix("\n")) :]
    linked = "\n".join(_line(at, each, at in folds) for at, each in enumerate(marked, 1))
    return mark_safe(linked + end)


def _line(at: int, html: str, folds: bool) -> str:
    fold = (
        f'<button type="button" class="fold" aria-expanded="true" aria-label="Fold line {at}">'
        "</button>"
        if folds
        else ""
    )
    link = f'<a class="no" href="#L{at}" tabindex="-1" aria-label="Line {at}"></a>'
    return f'<span class="line" id="L{at}">{link}{fold}{html}</span>'


def _folding(lines: list[str]) -> Iterator[int]:
    """Numbers, from 1, of lines below which others stand deeper."""
    deep = [len(each) - len(each.lstrip()) if each.strip() else -1 for each in lines]
    for at, depth in enumerate(deep[:-1]):
        below = next((each for each in deep[at + 1 : at + 4] if each >= 0), -1)
        if 0 <= depth < below:
            yield at + 1


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
