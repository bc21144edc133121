"""From the text of a Protobuf source to its values; what names mean is not looked at.

https://protobuf.dev/reference/protobuf/proto3-spec/
"""

from registry.artifact_types.protobuf.cursor import Cursor
from registry.artifact_types.protobuf.source import (
    Constant,
    Enum,
    Extend,
    Field,
    File,
    Group,
    Import,
    Message,
    OneOf,
    Ranges,
    Rpc,
    Service,
)
from registry.artifact_types.protobuf.tokens import NotProtobuf, Tokens

__all__ = ["NotProtobuf", "parse"]

#: A source of so many takes a second.
MOST_SIGNS = 1_000_000
_LABELS = ("optional", "required", "repeated")


def parse(text: str) -> File:
    """Raises NotProtobuf, also for a text that is longer than any source is."""
    if len(text) > MOST_SIGNS:
        raise NotProtobuf(f"The text has more than {MOST_SIGNS:,} signs", 0)
    return _Parser(Tokens(text)).file()


class _Parser(Cursor):
    # The file

    def file(self) -> File:
        file = File()
        while self.next.kind:
            if not self.takes(";"):
                self._file_part(file)
        return file

    def _file_part(self, file: File) -> None:
        doc, start = self.doc(), self.next.position
        word = self.name()
        if word in ("syntax", "edition"):
            self.expect("=")
            setattr(file, word, self.string())
            self.expect(";")
        elif word == "package":
            file.package = self.name()
            self.expect(";")
        elif word == "import":
            kind = self.takes("public", "weak", "option")
            file.imports.append(Import(self.string(), kind, start))
            self.expect(";")
        elif word == "option":
            file.options.append(self.option_statement(doc))
        else:
            self._definition(file, word, doc, start)

    def _definition(self, file: File, word: str, doc: str, start: int) -> None:
        word = self._past_visibility(word)
        if word == "message":
            file.types.append(self._message(doc))
        elif word == "enum":
            file.types.append(self._enum(doc))
        elif word == "service":
            file.services.append(self._service(doc))
        elif word == "extend":
            file.extends.append(self._extend(doc))
        else:
            raise NotProtobuf(f"Nothing at the top of a file is called {word!r}", start)

    def _past_visibility(self, word: str) -> str:
        """Editions may say who sees a type."""
        return self.name() if word in ("export", "local") else word

    # Messages

    def _message(self, doc: str) -> Message:
        message = Message(self.name(), doc=doc)
        self.nested(lambda: self._message_part(message))
        return message

    def _message_part(self, message: Message) -> None:
        doc = self.doc()
        word = self.next.text
        following = self.tokens[self.at + 1]
        if word in ("message", "enum", "extend", "oneof") and following.kind == "name":
            self.take()
            self._inner(message, word, doc)
        elif word in ("reserved", "extensions") and following.kind in ("number", "string", "name"):
            is_field = self.tokens[self.at + 2].text == "="
            if is_field:
                message.members.append(self._field(doc))
                return
            self.take()
            listed = message.reserved if word == "reserved" else message.extensions
            listed.append(self._ranges(doc))
        elif word == "option" and following.text != "=":
            self.take()
            message.options.append(self.option_statement(doc))
        else:
            message.members.append(self._field_or_group(doc))

    def _inner(self, message: Message, word: str, doc: str) -> None:
        if self.tokens[self.at + 1].text == "=":
            # A field whose type is called like a keyword.
            self.at -= 1
            message.members.append(self._field(doc))
        elif word == "message":
            message.types.append(self._message(doc))
        elif word == "enum":
            message.types.append(self._enum(doc))
        elif word == "oneof":
            message.members.append(self._oneof(doc))
        else:
            message.extends.append(self._extend(doc))

    def _field_or_group(self, doc: str) -> Field | Group:
        if self.next.text in _LABELS and self.tokens[self.at + 1].text == "group":
            label = self.take().text
            self.take()
            name = self.name()
            self.expect("=")
            number = self.number()
            self.options_in_brackets()
            message = Message(name)
            self.nested(lambda: self._message_part(message))
            return Group(label, number, message, doc)
        return self._field(doc)

    def _field(self, doc: str) -> Field:
        label = self.takes(*_LABELS)
        kind = self.name()
        if kind == "map" and self.takes("<"):
            key = self.name()
            self.expect(",")
            kind = f"map<{key}, {self.name()}>"
            self.expect(">")
        name = self.name()
        self.expect("=")
        number = self.number()
        options = self.options_in_brackets()
        self.expect(";")
        return Field(name, kind, number, label, options, doc)

    def _oneof(self, doc: str) -> OneOf:
        oneof = OneOf(self.name(), doc=doc)

        def part() -> None:
            inner = self.doc()
            if self.takes("option"):
                oneof.options.append(self.option_statement(inner))
            else:
                oneof.fields.append(self._field(inner))

        self.nested(part)
        return oneof

    def _extend(self, doc: str) -> Extend:
        extend = Extend(self.name(), doc=doc)
        self.nested(lambda: extend.fields.append(self._field(self.doc())))
        return extend

    def _ranges(self, doc: str) -> Ranges:
        parts = [self._range()]
        while self.takes(","):
            parts.append(self._range())
        options = self.options_in_brackets()
        self.expect(";")
        return Ranges(parts, doc, options)

    def _range(self) -> str:
        if self.next.kind == "string":
            return f'"{self.string()}"'
        if self.next.kind == "name":
            return self.name()
        first = self.number()
        if not self.takes("to"):
            return first
        return f"{first} to {self.takes('max') or self.number()}"

    # Enums and services

    def _enum(self, doc: str) -> Enum:
        enum = Enum(self.name(), doc=doc)
        self.nested(lambda: self._enum_part(enum))
        return enum

    def _enum_part(self, enum: Enum) -> None:
        doc, word = self.doc(), self.name()
        is_constant = self.next.text == "="
        if word == "option" and not is_constant:
            enum.options.append(self.option_statement(doc))
        elif word == "reserved" and not is_constant:
            enum.reserved.append(self._ranges(doc))
        else:
            self.expect("=")
            constant = Constant(word, self.number(), self.options_in_brackets(), doc)
            enum.constants.append(constant)
            self.expect(";")

    def _service(self, doc: str) -> Service:
        service = Service(self.name(), doc=doc)

        def part() -> None:
            inner, word = self.doc(), self.expect("option", "rpc")
            if word == "option":
                service.options.append(self.option_statement(inner))
            else:
                service.rpcs.append(self._rpc(inner))

        self.nested(part)
        return service

    def _rpc(self, doc: str) -> Rpc:
        name = self.name()
        request, is_request_stream = self._rpc_type()
        self.expect("returns")
        response, is_response_stream = self._rpc_type()
        rpc = Rpc(name, request, response, is_request_stream, is_response_stream, doc=doc)
        if self.next.text == "{":

            def part() -> None:
                inner = self.doc()
                self.expect("option")
                rpc.options.append(self.option_statement(inner))

            self.nested(part)
        else:
            self.expect(";")
        return rpc

    def _rpc_type(self) -> tuple[str, bool]:
        self.expect("(")
        is_stream = self.next.text == "stream" and self.tokens[self.at + 1].kind == "name"
        if is_stream:
            self.take()
        name = self.name()
        self.expect(")")
        return name, is_stream
