"""Splits Protobuf sources into tokens, each with its position and the comments before it."""

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
    """A token with the comments before it.

    `kind` is string, number, name or sign; empty at the end of the text.
    """

    kind: str
    text: str
    position: int
    comments: tuple[str, ...] = ()


class ProtobufSyntaxError(ValueError):
    """An error in the syntax of a Protobuf source, at `position`."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def tokenize(text: str) -> Iterator[Token]:
    """Split the text into tokens, with an empty one at its end; raises ProtobufSyntaxError."""
    comments: list[str] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ProtobufSyntaxError(
                f"Nothing begins with {text[position : position + 10]!r}", position
            )
        kind = str(match.lastgroup)
        if kind in ("line", "block"):
            comments.append(match[0])
        elif kind != "space":
            yield Token(kind, match[0], position, tuple(comments))
            comments.clear()
        position = match.end()
    yield Token("", "", position, tuple(comments))


class Tokens:
    """Tokens by index, read when needed; past the end is the empty token."""

    def __init__(self, text: str) -> None:
        self._source = tokenize(text)
        self._read: list[Token] = []

    def __getitem__(self, index: int) -> Token:
        while index >= len(self._read):
            token = next(self._source, None)
            if token is None:
                return self._read[-1]
            self._read.append(token)
        return self._read[index]
