"""Protobuf sources cut into tokens, each with the comments before it and its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Possessive and atomic, so that no input makes the match backtrack. A repeated group is atomic and
# not possessive: Python before 3.11.5 matches that wrongly (CPython issue 106052).
_TOKEN = re.compile(
    r"""(?P<space>\s++)
    | (?P<line>//[^\n]*+)
    | (?P<block>/\*(?>(?:[^*]++|\*(?!/))*)\*/)
    | (?P<string>"(?>(?:[^"\\\n]++|\\.)*)"|'(?>(?:[^'\\\n]++|\\.)*)')
    | (?P<number>[-+]?(?:0[xX][0-9a-fA-F]++|(?:\d++\.?\d*+|\.\d++)(?>(?:[eE][-+]?\d++)?)f?))
    | (?P<name>\.?[A-Za-z_]\w*+(?>(?:\.[A-Za-z_]\w*+)*))
    | (?P<sign>[{}()\[\]<>=;,:/.+-])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is string, number, name or sign; empty at the end of the text.

    `comments` stand before it.
    """

    kind: str
    text: str
    position: int
    comments: tuple[str, ...] = ()


class NotProtobuf(ValueError):
    """The text is no Protobuf source; `position` is where that shows."""

    def __init__(self, told: str, position: int) -> None:
        super().__init__(told)
        self.position = position


def tokens(text: str) -> Iterator[Token]:
    """All of them and the empty one of the end; raises NotProtobuf."""
    comments: list[str] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotProtobuf(f"Nothing begins with {text[at : at + 10]!r}", at)
        kind = str(found.lastgroup)
        if kind in ("line", "block"):
            comments.append(found[0])
        elif kind != "space":
            yield Token(kind, found[0], at, tuple(comments))
            comments.clear()
        at = found.end()
    yield Token("", "", at, tuple(comments))


class Tokens:
    """Read as far as somebody looks; behind the last one there is the last one."""

    def __init__(self, text: str) -> None:
        self._source = tokens(text)
        self._read: list[Token] = []

    def __getitem__(self, at: int) -> Token:
        while at >= len(self._read):
            token = next(self._source, None)
            if token is None:
                return self._read[-1]
            self._read.append(token)
        return self._read[at]
