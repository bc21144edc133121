"""Content as colored lines with Pygments' classes; static/css/code.css has their colors.

Each line has an address of its own, and folds the deeper ones below it.
"""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

#: Coloring takes about a second a megabyte.
_COLOR_LIMIT = 200_000
#: A page of some 100 KB, compressed.
_SHOW_LIMIT = 600_000
#: With more lines a page would be slow: they are shown without addresses.
_LINK_LIMIT = 5_000
_LEXERS = {"PROTOBUF": "protobuf", "GRAPHQL": "graphql", "XSD": "xml", "WSDL": "xml", "XML": "xml"}


@dataclass(frozen=True, slots=True)
class HighlightedContent:
    """`remark` describes content not shown unchanged; empty if all of it is."""

    html: SafeString
    remark: str


def highlight_content(content: bytes, type_name: str | None) -> HighlightedContent:
    """Color a content; a long one is not colored, a very long one is cut."""
    text = content[:_SHOW_LIMIT].decode("utf-8", "replace")
    if len(content) > _SHOW_LIMIT:
        remark = f"Only the first {_SHOW_LIMIT:,} of {len(content):,} bytes are shown."
        return HighlightedContent(_link_lines(text, escape(text)), remark)
    remark = "" if text.encode() == content else "Bytes that are not UTF-8 are shown as \ufffd."
    if len(content) > _COLOR_LIMIT:
        return HighlightedContent(_link_lines(text, escape(text)), remark)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if type_name in _LEXERS:
        name = _LEXERS[type_name]
    elif start == "<":
        name = "xml"
    else:
        name = "json" if start in {"{", "[", '"'} else "yaml"
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    # Pygments escapes the text.
    html: str = highlight(text, lexer, HtmlFormatter(nowrap=True))
    return HighlightedContent(_link_lines(text, html), remark)


def _link_lines(text: str, html: str) -> SafeString:
    """Wrap each line of `html`, the text with markup; no element may span two lines."""
    lines = text.removesuffix("\n").split("\n")
    html_lines = html.removesuffix("\n").split("\n")
    if len(lines) > _LINK_LIMIT or len(lines) != len(html_lines):
        return mark_safe(html)
    depths = [len(line) - len(line.lstrip()) if line.strip() else -1 for line in lines]
    linked = []
    for index, line in enumerate(html_lines):
        number = index + 1
        below = next((depth for depth in depths[index + 1 : index + 4] if depth >= 0), -1)
        fold = ""
        if 0 <= depths[index] < below:
            label = f'aria-expanded="true" aria-label="Fold line {number}"'
            fold = f'<button type="button" class="fold" {label}></button>'
        link = f'<a class="no" href="#L{number}" tabindex="-1" aria-label="Line {number}"></a>'
        linked.append(f'<span class="line" id="L{number}">{link}{fold}{line}</span>')
    end = text[len(text.removesuffix("\n")) :]
    return mark_safe("\n".join(linked) + end)
