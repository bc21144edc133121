"""Folds and splits texts, in the same way for the index and for queries.

The databases' own parsers differ: `address` must find `shippingAddress`, and `snake_case` and
`com.example` must be found by their parts, on SQLite and on PostgreSQL.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from registry.models import DEFAULT_GROUP

#: Characters of a content that are searched, and the bytes that usually hold them.
SEARCHED_CHARACTERS = 200_000
SEARCHED_BYTES = 400_000
_MAX_HEAD = 4000
_MAX_WORD = 100
_MAX_TERMS = 12
_MAX_QUERY = 300
_WORD = re.compile(r"[^\W_]+")
_IS_CAMEL_CASE = re.compile(r"[a-z0-9][A-Z]")
_CAMEL_CASE_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TERM = re.compile(r'"([^"]*)("?)|(\S+)')


def fold(text: str) -> str:
    """Remove case and accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokenize(text: str) -> list[str]:
    """Return the folded words in their order; `_`, `.` and all other signs separate words."""
    return [word[:_MAX_WORD] for word in _WORD.findall(fold(text))]


def build_head(
    name: str | None,
    artifact_id: str,
    stored_group: str,
    labels: Iterable[str],
    description: str | None,
) -> str:
    """Return the folded text for searches of parts: a line each, name and id first."""
    group = "default" if stored_group == DEFAULT_GROUP else stored_group
    lines = (name or "", artifact_id, group, *labels, description or "")
    return "\n{}\n".format("\n".join(map(fold, lines))[:_MAX_HEAD])


def searched_text(content: bytes) -> str:
    """Return the searchable part of a content."""
    return content[:SEARCHED_BYTES].decode("utf-8", "replace")[:SEARCHED_CHARACTERS]


def index_words(
    content: bytes, properties: Mapping[str, str | None]
) -> tuple[list[str], list[str]]:
    """Return the words in their order, and once each the parts of camelCase words."""
    text = searched_text(content)
    property_text = " ".join(f"{name} {value or ''}" for name, value in properties.items())
    names = {name for name in set(_WORD.findall(text)) if not name.islower()}
    parts = {part for name in names for part in _split_camel_case(name)}
    return [*tokenize(text), *tokenize(property_text)], sorted(parts)


# Names are repeated many times within and between contents.
@lru_cache(20_000)
def _split_camel_case(name: str) -> tuple[str, ...]:
    """Split `orderItemId` into order, item, id and itemid."""
    if not _IS_CAMEL_CASE.search(name):
        return ()
    parts = [fold(part) for part in _CAMEL_CASE_PART.findall(name[:_MAX_WORD])]
    return (*parts, *("".join(parts[start:]) for start in range(1, len(parts) - 1)))


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query: `text` in the head of an artifact, or `words` in sequence in a content.

    If it `is_open`, the last word may be the beginning of a longer one.
    """

    text: str
    words: tuple[str, ...]
    is_open: bool


def parse_terms(query: str) -> tuple[Term, ...]:
    """Parse words, and phrases between quotes; the last one may be incomplete."""
    query = query[:_MAX_QUERY].replace("\0", " ")
    matches = [match for match in _TERM.finditer(query) if match[1] or match[3]]
    return tuple(
        Term(
            fold(match[1] or match[3]),
            tuple(tokenize(match[1] or match[3])),
            is_open=match.end() == len(query) and not match[2],
        )
        for match in matches[:_MAX_TERMS]
    )
