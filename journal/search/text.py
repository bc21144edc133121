"""Texts as they are searched: folded and in words, alike when they are kept and when asked for."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from registry.models import DEFAULT_GROUP

#: Characters of a content that are searched, and bytes that hold them, as a rule.
SEARCHED_CHARACTERS = 200_000
SEARCHED_BYTES = 400_000
#: Of what is told of an artifact.
_LONGEST_HEAD = 4000
_LONGEST_WORD = 100
_MOST_TERMS = 12
_LONGEST_QUERY = 300
_WORD = re.compile(r"[^\W_]+")
_HUMPED = re.compile(r"[a-z0-9][A-Z]")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ASKED = re.compile(r'"([^"]*)("?)|(\S+)')


def fold(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def tokenize(text: str) -> list[str]:
    """Folded, in their order: `_`, `.` and all signs are between words."""
    found: list[str] = _WORD.findall(fold(text))
    if max(map(len, found), default=0) <= _LONGEST_WORD:
        return found
    return [word[:_LONGEST_WORD] for word in found]


def build_head(
    name: str | None,
    artifact_id: str,
    stored_group: str,
    labels: Iterable[str],
    description: str | None,
) -> str:
    """What any part of is found: each in lines, folded, the name and the id first."""
    group = "default" if stored_group == DEFAULT_GROUP else stored_group
    told = (name or "", artifact_id, group, *labels, description or "")
    return "\n{}\n".format("\n".join(map(fold, told))[:_LONGEST_HEAD])


def searched_text(content: bytes) -> str:
    """As much of a content as is searched."""
    return content[:SEARCHED_BYTES].decode("utf-8", "replace")[:SEARCHED_CHARACTERS]


def index_words(
    content: bytes, properties: Mapping[str, str | None]
) -> tuple[list[str], list[str]]:
    """Words in their order, and those that are parts of camelCase ones, each once."""
    text = searched_text(content)
    told = " ".join(f"{name} {value or ''}" for name, value in properties.items())
    names = {name for name in set(_WORD.findall(text)) if not name.islower()}
    parts = {part for name in names for part in _parts(name)}
    return [*tokenize(text), *tokenize(told)], sorted(parts)


@lru_cache(20_000)
def _parts(name: str) -> tuple[str, ...]:
    """Of `orderItemId`: order, item, id, itemid. Names come again and again."""
    if not _HUMPED.search(name):
        return ()
    humps = [fold(hump) for hump in _HUMP.findall(name[:_LONGEST_WORD])]
    return (*humps, *("".join(humps[at:]) for at in range(1, len(humps) - 1)))


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found: `text` as a part of what is told of an artifact, or `words`
    one after the other in a content; the last of them may go on, if it `is_open`."""

    text: str
    words: tuple[str, ...]
    is_open: bool


def parse_terms(asked: str) -> tuple[Term, ...]:
    """Words, and phrases between quotes; the last one may still be being typed."""
    asked = asked[:_LONGEST_QUERY].replace("\0", " ")
    found = [match for match in _ASKED.finditer(asked) if match[1] or match[3]]
    return tuple(
        Term(
            fold(match[1] or match[3]),
            tuple(tokenize(match[1] or match[3])),
            is_open=match.end() == len(asked) and not match[2],
        )
        for match in found[:_MOST_TERMS]
    )
