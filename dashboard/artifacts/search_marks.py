"""Where the words of a search stand: in what is told of an artifact, or else in its content."""

import re
from collections.abc import Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from journal.search.hits import ArtifactHit
from journal.search.text import Term, build_head, fold, searched_text
from registry.queries.sql import stored_group

#: Characters of a content before and after a hit.
_BEFORE, _AFTER = 32, 130
#: A hit farther from a description's beginning is not seen in two lines.
_SEEN = 100
_BETWEEN = r"[\W_]+"
_SPACE = re.compile(r"\s+")


def marked(text: str, terms: Sequence[Term]) -> SafeString:
    """Escaped, with each hit of a term marked."""
    folded, places = _folded(text)
    spans = ((hit.start(), hit.end()) for term in terms for hit in _hits(term.text, folded))
    found = [(places[start], places[end - 1] + 1) for start, end in sorted(spans)]
    return _with_marks(text, list(_merged(found)))


def excerpt(text: str, terms: Sequence[Term]) -> SafeString:
    """The same of a text that is shown in part: from where the first hit is seen."""
    folded, places = _folded(text)
    first = min((hit.start() for term in terms for hit in _hits(term.text, folded)), default=0)
    if not folded or places[first] < _SEEN:
        return marked(text, terms)
    return format_html("…{}", marked(text[places[first] - _BEFORE :], terms))


def elsewhere(row: ArtifactHit, terms: Sequence[Term]) -> SafeString:
    """Of terms that are told of nowhere in the row: the property or the part of the content that
    holds the first; empty if there is none."""
    told = build_head(
        row.name, row.artifact_id, stored_group(row.group_id), row.labels, row.description
    )
    missing = [term for term in terms if term.words and term.text not in told]
    for term in missing:
        for name, value in row.properties.items():
            line = f"{name}={value or ''}"
            if (span := _span(term, line)) is not None:
                return format_html("property {}", _with_marks(line, [span]))
    content = searched_text(row.content) if missing else ""
    return next((_part(content, span) for span in _spans(missing, content)), SafeString())


def _spans(terms: Sequence[Term], content: str) -> Iterator[tuple[int, int]]:
    for term in terms:
        if (span := _span(term, content)) is not None:
            yield span


def _span(term: Term, text: str) -> tuple[int, int] | None:
    """The first place of its words, best as words by themselves."""
    words = _BETWEEN.join(map(re.escape, term.words))
    ways = (rf"(?<![^\W_]){words}(?![^\W_])", rf"(?<![^\W_]){words}", words)
    hits = (re.search(way, text, re.IGNORECASE) for way in ways)
    return next((hit.span() for hit in hits if hit is not None), None)


def _part(content: str, span: tuple[int, int]) -> SafeString:
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


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """And which character each of it comes from."""
    if text.isascii():
        return fold(text), range(len(text))
    parts = [fold(sign) for sign in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


def _hits(words: str, folded: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(words), folded) if words else iter(())


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of spans in order: those that touch are one."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _with_marks(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    ends = [0, *(end for _, end in spans)]
    pieces = (
        (text[before:start], text[start:end])
        for before, (start, end) in zip(ends, spans, strict=False)
    )
    head = format_html_join("", "{}<mark>{}</mark>", pieces)
    return format_html("{}{}", head, text[ends[-1] :])
