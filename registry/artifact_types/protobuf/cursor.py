"""Moves over the tokens of a Protobuf source, and reads options and their values."""

from collections.abc import Callable
from dataclasses import dataclass

from registry.artifact_types.protobuf.source import Option, Quoted
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError, Token, Tokens

#: Levels of messages within messages and values within values.
MAX_DEPTH = 100


@dataclass(slots=True)
class Cursor:
    tokens: Tokens
    index: int = 0
    depth: int = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        if not token.kind:
            raise ProtobufSyntaxError("The text ends too early", token.position)
        self.index += 1
        return token

    def take_if(self, *texts: str) -> str:
        """Take and return the next token if it is one of the texts; else return an empty text."""
        if self.next.kind in ("name", "sign") and self.next.text in texts:
            return self.take().text
        return ""

    def expect(self, *texts: str) -> str:
        text = self.take_if(*texts)
        if not text:
            self._fail(" or ".join(map(repr, texts)))
        return text

    def take_name(self) -> str:
        return self._take_kind("name", "a name")

    def take_string(self) -> str:
        """Take adjacent texts as one, unquoted, in the source's spelling."""
        parts = [self._take_kind("string", "a text in quotes")]
        while self.next.kind == "string":
            parts.append(self.take().text)
        return "".join(part[1:-1] for part in parts)

    def take_number(self) -> str:
        sign = self.take_if("-", "+")
        return sign.replace("+", "") + self._take_kind("number", "a number")

    def read_block(self, read: Callable[[], object]) -> None:
        """Call `read` for each statement in braces."""
        self._descend()
        self.expect("{")
        while not self.take_if("}"):
            if not self.take_if(";"):
                read()
        self.take_if(";")
        self.depth -= 1

    def read_doc(self) -> str:
        """Return the comments before the next token, without their markers."""
        lines: list[str] = []
        for comment in self.next.comments:
            if comment.startswith("//"):
                lines.append(comment[2:].removeprefix(" "))
                continue
            block = [
                line.strip().removeprefix("*").removeprefix(" ")
                for line in comment[2:-2].removeprefix("*").split("\n")
            ]
            while block and not block[-1]:
                block.pop()
            while block and not block[0]:
                block.pop(0)
            lines.extend(block)
        return "\n".join(lines)

    def read_option(self, doc: str) -> Option:
        """Read the rest of an option statement."""
        name = self._read_option_name()
        self.expect("=")
        option = Option(name, self._read_value(), doc)
        self.expect(";")
        return option

    def read_bracketed_options(self) -> list[Option]:
        """Read options in brackets, if there are any."""
        options: list[Option] = []
        if self.take_if("["):
            while not options or self.take_if(","):
                name = self._read_option_name()
                self.expect("=")
                options.append(Option(name, self._read_value()))
            self.expect("]")
        return options

    def _fail(self, expected: str) -> None:
        actual = repr(self.next.text) if self.next.kind else "the end"
        raise ProtobufSyntaxError(
            f"There is {actual} where {expected} is expected", self.next.position
        )

    def _take_kind(self, kind: str, expected: str) -> str:
        if self.next.kind != kind:
            self._fail(expected)
        return self.take().text

    def _read_option_name(self) -> str:
        parts = []
        while self.next.text not in ("=", ""):
            if self.take_if("("):
                parts.append(f"({self.take_name()})")
                self.expect(")")
            elif self.take_if("."):
                parts.append(".")
            else:
                parts.append(self.take_name())
        return "".join(parts) or self.take_name()

    def _read_value(self) -> object:
        if self.next.kind == "string":
            return Quoted(self.take_string())
        if self.next.text == "{":
            return self._read_message_value("{", "}")
        if self.next.text == "[":
            self.take()
            values: list[object] = []
            while not self.take_if("]"):
                values.append(self._read_inner_value())
                self.take_if(",")
            return values
        if self.next.kind == "name":
            return self.take().text
        sign = self.take_if("-", "+")
        is_name = self.next.kind == "name"
        return sign + (self.take().text if is_name else self.take_number())

    def _read_message_value(self, opening: str, closing: str) -> dict[str, object]:
        """Read text format: `name: value`, `name { … }`, `[extension] …`; a name may repeat."""
        self.expect(opening)
        members: dict[str, object] = {}
        while not self.take_if(closing):
            if self.take_if("["):
                parts = []
                while not self.take_if("]"):
                    parts.append(self.take().text)
                name = f"[{''.join(parts)}]"
            else:
                name = self.take_name()
            self.take_if(":")
            value = self._read_inner_value()
            if name in members:
                before = members[name]
                members[name] = [*(before if isinstance(before, list) else [before]), value]
            else:
                members[name] = value
            self.take_if(",", ";")
        return members

    def _read_inner_value(self) -> object:
        self._descend()
        is_message = self.next.text == "<"
        value = self._read_message_value("<", ">") if is_message else self._read_value()
        self.depth -= 1
        return value

    def _descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ProtobufSyntaxError(
                f"It is nested more than {MAX_DEPTH} deep", self.next.position
            )
