"""Descriptions as HTML: CommonMark where the type's specification says so, else plain lines."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

#: OpenAPI and AsyncAPI: "CommonMark syntax MAY be used for rich text representation";
#: GraphQL: "Markdown syntax (as specified by CommonMark) should be used".
_MARKED = frozenset({"OPENAPI", "ASYNCAPI", "GRAPHQL"})
#: Longer texts stay plain.
_LONGEST = 50_000

_ADDRESSES = ("https://", "http://", "mailto:")


def _reader() -> MarkdownIt:
    """No HTML of the content comes through, and no picture: it would be asked of another host.

    Headings would disturb the page's own.
    """
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
    reader.validateLink = lambda url: url.lower().startswith(_ADDRESSES)  # type: ignore[method-assign]
    reader.add_render_rule("heading_open", lambda *_: '<p class="prose-heading">')
    reader.add_render_rule("heading_close", lambda *_: "</p>")
    return reader


_markdown = _reader()


def prose(text: str, type_name: str | None) -> SafeString:
    """A block, safe to show whatever the text is."""
    if type_name not in _MARKED or len(text) > _LONGEST:
        return format_html('<p class="prose-text">{}</p>', text)
    return mark_safe(f'<div class="prose-marked">{_markdown.render(text)}</div>')
