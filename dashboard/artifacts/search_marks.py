"""Highlights the words of a search, in an artifact's metadata or else in its content."""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from journal.search.hits import ArtifactHit
from journal.search.text import Term, build_head, fold, searched_text
from registry.queries.sql import to_stored_group

#: Characters of a content before and after a hit.
_BEFORE, _AFTER = 32, 130
#: A hit that begins later in a description is not within the two lines that are shown.
_VISIBLE = 100
_BETWEEN_WORDS = r"[\W_]+"
_SPACE = re.compile(r"\s+")

_Span = tuple[int, int]


def highlight_terms(text: str, terms: Sequence[Term]) -> SafeString:
    """Escape a text and mark each hit of a term."""
    folded, positions = _fold_with_positions(text)
    spans = sorted((hit.start(), hit.end()) for term in terms for hit in _hits(term.text, folded))
    merged: list[_Span] = []
    for start, end in ((positions[start], positions[end - 1] + 1) for start, end in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return _mark(text, merged)


def snippet(text: str, terms: Sequence[Term]) -> SafeString:
    """Highlight part of a text, from near the first hit unless it is visible anyway."""
    folded, positions = _fold_with_positions(text)
    first = min((hit.start() for term in terms for hit in _hits(term.text, folded)), default=0)
    if not folded or positions[first] < _VISIBLE:
        return highlight_terms(text, terms)
    return format_html("…{}", highlight_terms(text[positions[first] - _BEFORE :], terms))


def content_match(artifact: ArtifactHit, terms: Sequence[Term]) -> SafeString:
    """Return the property or the part of the content with a term absent from the metadata.

    Empty if the metadata has all terms.
    """
    head = build_head(
        artifact.name,
        artifact.artifact_id,
        to_stored_group(artifact.group_id),
        artifact.labels,
        artifact.description,
    )
    missing = [term for term in terms if term.words and term.text not in head]
    for term in missing:
        for name, value in artifact.properties.items():
            line = f"{name}={value or ''}"
            if (span := _find_words(term, line)) is not None:
                return format_html("property {}", _mark(line, [span]))
    content = searched_text(artifact.content) if missing else ""
    spans = (_find_words(term, content) for term in missing)
    span = next((span for span in spans if span is not None), None)
    if span is None:
        return SafeString()
    start, end = span
    before, after = content[max(0, start - _BEFORE) : start], content[end : end + _AFTER]
    return format_html(
        "{}{}<mark>{}</mark>{}{}",
        "…" if start > _BEFORE else "",
        _SPACE.sub(" ", before),
        _SPACE.sub(" ", content[start:end]),
        _SPACE.sub(" ", after),
        "…" if end + _AFTER < len(content) else "",
    )


def _find_words(term: Term, text: str) -> _Span | None:
    """Find a term's words: whole words first, then beginnings of words, then any characters."""
    words = _BETWEEN_WORDS.join(map(re.escape, term.words))
    patterns = (rf"(?<![^\W_]){words}(?![^\W_])", rf"(?<![^\W_]){words}", words)
    hits = (re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
    return next((hit.span() for hit in hits if hit is not None), None)


def _fold_with_positions(text: str) -> tuple[str, Sequence[int]]:
    """Return a folded text with the index of the original character for each folded one."""
    if text.isascii():
        return fold(text), range(len(text))
    parts = [fold(character) for character in text]
    return "".join(parts), [index for index, part in enumerate(parts) for _ in part]


def _hits(words: str, folded: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(words), folded) if words else iter(())


def _mark(text: str, spans: Iterable[_Span]) -> SafeString:
    pieces, position = [], 0
    for start, end in spans:
        pieces.append((text[position:start], text[start:end]))
        position = end
    head = format_html_join("", "{}<mark>{}</mark>", pieces)
    return format_html("{}{}", head, text[position:])
