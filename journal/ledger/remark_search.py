"""Finds remarks by their words; the ledger has only codes and arguments."""

import json
import re
from collections.abc import Iterator

from django.db.models import Q

from journal.projection.remarks import NO_VERSION_CAUSES, WORDS, RemarkCode


def in_remark(text: str) -> Q:
    """Match rows with a text in the words of a remark, in any case."""
    matches = Q(pk__in=())
    for begin, sentence in _SENTENCES.items():
        for arguments in _align(sentence, text.lower()):
            condition = Q(remark__contains=begin)
            for argument in arguments:
                stored = json.dumps(argument.replace(", ", ","), ensure_ascii=False)[1:-1]
                condition &= Q(remark__icontains=stored)
            matches |= condition
    # Few rows have a remark, and the others need no further look.
    return ~Q(remark="") & matches


def _search_sentences() -> Iterator[tuple[str, str]]:
    """Yield the beginning of a stored remark, and its sentence in lower case."""
    for code, sentence in WORDS.items():
        if code in NO_VERSION_CAUSES:
            outer = RemarkCode.NO_VERSION
            yield f'["{outer}","{code}"', WORDS[outer].format(sentence).lower()
        elif code is RemarkCode.CONTENT_REPLACED:
            yield f'["{code}"', f"{sentence} and more".lower()
        elif code is not RemarkCode.NO_VERSION:
            yield f'["{code}"', sentence.lower()


_SENTENCES = dict(_search_sentences())


def _align(sentence: str, text: str) -> Iterator[tuple[str, ...]]:
    """Yield the text required in each argument, for a sentence containing `text`.

    It is one tuple for each pair of fixed parts in or beside which the text can begin and end.
    """
    fixed = sentence.split("{}")
    if any(text in part for part in fixed):
        yield ()
        return
    for first, begin in enumerate(fixed):
        suffixes = "|".join(re.escape(begin[start:]) for start in range(len(begin) + 1))
        for last in range(first + 1, len(fixed)):
            end = fixed[last]
            prefixes = "|".join(re.escape(end[:stop]) for stop in range(len(end), -1, -1))
            between = "(.+?)".join(["", *map(re.escape, fixed[first + 1 : last]), ""])
            if match := re.fullmatch(f"(?:{suffixes}){between}(?:{prefixes})", text, re.DOTALL):
                yield match.groups()
