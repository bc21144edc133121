"""Descriptions as HTML: CommonMark if specified for the type, else plain lines."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

#: OpenAPI and AsyncAPI: "CommonMark syntax MAY be used for rich text representation";
#: GraphQL: "Markdown syntax (as specified by CommonMark) should be used".
_MARKDOWN_TYPES = frozenset({"OPENAPI", "ASYNCAPI", "GRAPHQL"})
#: Longer texts stay plain.
_MAX_LENGTH = 50_000
_SCHEMES = ("https://", "http://", "mailto:")

# No HTML of the content comes through, and no image: the browser would request it elsewhere.
_markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
# Replaced on the object, as the library documents it.
_markdown.validateLink = lambda url: url.lower().startswith(_SCHEMES)  # type: ignore[method-assign]
# Headings would disturb the page's own.
_markdown.add_render_rule("heading_open", lambda *_: '<p class="prose-heading">')
_markdown.add_render_rule("heading_close", lambda *_: "</p>")


def render_prose(text: str, type_name: str | None) -> SafeString:
    """Return a block of HTML, safe for any text."""
    if type_name not in _MARKDOWN_TYPES or len(text) > _MAX_LENGTH:
        return format_html('<p class="prose-text">{}</p>', text)
    return mark_safe(f'<div class="prose-marked">{_markdown.render(text)}</div>')
