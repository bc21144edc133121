"""A cursor over a Protobuf source's tokens, which reads options and their values."""

from collections.abc import Callable
from dataclasses import dataclass

from registry.artifact_types.protobuf.source import Option, Quoted
from registry.artifact_types.protobuf.tokens import NotProtobuf, Token, Tokens

#: Messages within messages, values within values.
MOST_DEEP = 100


@dataclass(slots=True)
class Cursor:
    tokens: Tokens
    at: int = 0
    depth: int = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        if not token.kind:
            raise NotProtobuf("The text ends too early", token.position)
        self.at += 1
        return token

    def takes(self, *texts: str) -> str:
        """One of the texts if it is next; it is taken."""
        if self.next.kind in ("name", "sign") and self.next.text in texts:
            return self.take().text
        return ""

    def expect(self, *texts: str) -> str:
        found = self.takes(*texts)
        if not found:
            self.refuse(" or ".join(map(repr, texts)))
        return found

    def refuse(self, wanted: str) -> None:
        found = repr(self.next.text) if self.next.kind else "the end"
        raise NotProtobuf(f"There is {found} where {wanted} is expected", self.next.position)

    def of_kind(self, kind: str, wanted: str) -> str:
        if self.next.kind != kind:
            self.refuse(wanted)
        return self.take().text

    def name(self) -> str:
        return self.of_kind("name", "a name")

    def string(self) -> str:
        """Adjacent texts are one, as they are spelled without their quotes."""
        parts = [self.of_kind("string", "a text in quotes")]
        while self.next.kind == "string":
            parts.append(self.take().text)
        return "".join(part[1:-1] for part in parts)

    def number(self) -> str:
        sign = self.takes("-", "+")
        return sign.replace("+", "") + self.of_kind("number", "a number")

    def nested(self, read: Callable[[], object]) -> None:
        """Whatever stands in braces, one by one."""
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise NotProtobuf(f"It is nested more than {MOST_DEEP} deep", self.next.position)
        self.expect("{")
        while not self.takes("}"):
            if not self.takes(";"):
                read()
        self.takes(";")
        self.depth -= 1

    def doc(self) -> str:
        return documentation(self.next.comments)

    def option_statement(self, doc: str) -> Option:
        name = self._option_name()
        self.expect("=")
        option = Option(name, self._value(), doc)
        self.expect(";")
        return option

    def options_in_brackets(self) -> list[Option]:
        options: list[Option] = []
        if self.takes("["):
            while not options or self.takes(","):
                name = self._option_name()
                self.expect("=")
                options.append(Option(name, self._value()))
            self.expect("]")
        return options

    def _option_name(self) -> str:
        parts = []
        while self.next.text not in ("=", ""):
            if self.takes("("):
                parts.append(f"({self.name()})")
                self.expect(")")
            elif self.takes("."):
                parts.append(".")
            else:
                parts.append(self.name())
        return "".join(parts) or self.name()

    def _value(self) -> object:
        if self.next.kind == "string":
            return Quoted(self.string())
        if self.next.text == "{":
            return self._braced("{", "}")
        if self.next.text == "[":
            return self._listed()
        if self.next.kind == "name":
            return self.take().text
        sign = self.takes("-", "+")
        is_name = self.next.kind == "name"
        return sign + (self.take().text if is_name else self.number())

    def _listed(self) -> list[object]:
        self.expect("[")
        values: list[object] = []
        while not self.takes("]"):
            values.append(self._bounded(self._value_or_message))
            self.takes(",")
        return values

    def _braced(self, opening: str, closing: str) -> dict[str, object]:
        """Text format: `name: value`, `name { … }`, `[extension] …`, of which a name may repeat."""
        self.expect(opening)
        members: dict[str, object] = {}
        while not self.takes(closing):
            name = self._member_name()
            self.takes(":")
            value = self._bounded(self._value_or_message)
            if name in members:
                before = members[name]
                members[name] = [*(before if isinstance(before, list) else [before]), value]
            else:
                members[name] = value
            self.takes(",", ";")
        return members

    def _member_name(self) -> str:
        if not self.takes("["):
            return self.name()
        parts = []
        while not self.takes("]"):
            parts.append(self.take().text)
        return f"[{''.join(parts)}]"

    def _value_or_message(self) -> object:
        return self._braced("<", ">") if self.next.text == "<" else self._value()

    def _bounded(self, read: Callable[[], object]) -> object:
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise NotProtobuf(f"It is nested more than {MOST_DEEP} deep", self.next.position)
        value = read()
        self.depth -= 1
        return value


def documentation(comments: tuple[str, ...]) -> str:
    """What the comments before a thing say, without the signs that make them comments."""
    lines: list[str] = []
    for comment in comments:
        if comment.startswith("//"):
            lines.append(comment[2:].removeprefix(" "))
        else:
            lines.extend(_block_lines(comment))
    return "\n".join(lines)


def _block_lines(comment: str) -> list[str]:
    lines = comment[2:-2].removeprefix("*").split("\n")
    plain = [line.strip().removeprefix("*").removeprefix(" ") for line in lines]
    while plain and not plain[-1]:
        plain.pop()
    while plain and not plain[0]:
        plain.pop(0)
    return plain
