"""Parses Protobuf sources to values; names are not resolved.

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
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError, Tokens

#: A source of so many characters takes a second.
MAX_CHARACTERS = 1_000_000
_LABELS = ("optional", "required", "repeated")
#: Keywords within a message, and the kinds of tokens that may follow them.
_KINDS_AFTER_KEYWORD = {
    **dict.fromkeys(("message", "enum", "extend", "oneof"), ("name",)),
    **dict.fromkeys(("reserved", "extensions"), ("number", "string", "name")),
}


def parse(text: str) -> File:
    """Parse a source; raises ProtobufSyntaxError, also for too long a text."""
    if len(text) > MAX_CHARACTERS:
        raise ProtobufSyntaxError(f"The text has more than {MAX_CHARACTERS:,} signs", 0)
    return _Parser(Tokens(text)).read_file()


class _Parser(Cursor):
    # The file

    def read_file(self) -> File:
        file = File()
        while self.next.kind:
            if not self.take_if(";"):
                self.read_statement(file)
        return file

    def read_statement(self, file: File) -> None:
        doc, start = self.read_doc(), self.next.position
        word = self.take_name()
        if word in ("syntax", "edition"):
            self.expect("=")
            setattr(file, word, self.take_string())
            self.expect(";")
        elif word == "package":
            file.package = self.take_name()
            self.expect(";")
        elif word == "import":
            kind = self.take_if("public", "weak", "option")
            file.imports.append(Import(self.take_string(), kind, start))
            self.expect(";")
        elif word == "option":
            file.options.append(self.read_option(doc))
        else:
            if word in ("export", "local"):
                # Editions may say who sees a type.
                word = self.take_name()
            if word == "message":
                file.types.append(self.read_message(doc))
            elif word == "enum":
                file.types.append(self.read_enum(doc))
            elif word == "service":
                file.services.append(self.read_service(doc))
            elif word == "extend":
                file.extends.append(self.read_extend(doc))
            else:
                message = f"Nothing at the top of a file is called {word!r}"
                raise ProtobufSyntaxError(message, start)

    # Messages

    def read_message(self, doc: str) -> Message:
        message = Message(self.take_name(), doc=doc)
        self.read_block(lambda: self.read_message_statement(message))
        return message

    def read_message_statement(self, message: Message) -> None:
        doc = self.read_doc()
        word = self.next.text
        following = self.tokens[self.index + 1]
        if following.kind in _KINDS_AFTER_KEYWORD.get(word, ()):
            if self.tokens[self.index + 2].text == "=":
                # A field whose type is called like a keyword.
                message.members.append(self.read_field(doc))
            else:
                self.take()
                self.read_inner(message, word, doc)
        elif word == "option" and following.text != "=":
            self.take()
            message.options.append(self.read_option(doc))
        elif word in _LABELS and following.text == "group":
            message.members.append(self.read_group(doc))
        else:
            message.members.append(self.read_field(doc))

    def read_inner(self, message: Message, word: str, doc: str) -> None:
        if word == "message":
            message.types.append(self.read_message(doc))
        elif word == "enum":
            message.types.append(self.read_enum(doc))
        elif word == "oneof":
            message.members.append(self.read_oneof(doc))
        elif word == "extend":
            message.extends.append(self.read_extend(doc))
        elif word == "reserved":
            message.reserved.append(self.read_ranges(doc))
        else:
            message.extensions.append(self.read_ranges(doc))

    def read_group(self, doc: str) -> Group:
        label = self.take().text
        self.take()
        message = Message(self.take_name())
        self.expect("=")
        number = self.take_number()
        self.read_bracketed_options()
        self.read_block(lambda: self.read_message_statement(message))
        return Group(label, number, message, doc)

    def read_field(self, doc: str) -> Field:
        label = self.take_if(*_LABELS)
        kind = self.take_name()
        if kind == "map" and self.take_if("<"):
            key = self.take_name()
            self.expect(",")
            kind = f"map<{key}, {self.take_name()}>"
            self.expect(">")
        name = self.take_name()
        self.expect("=")
        number = self.take_number()
        options = self.read_bracketed_options()
        self.expect(";")
        return Field(name, kind, number, label, options, doc)

    def read_oneof(self, doc: str) -> OneOf:
        oneof = OneOf(self.take_name(), doc=doc)

        def read_statement() -> None:
            inner_doc = self.read_doc()
            if self.take_if("option"):
                oneof.options.append(self.read_option(inner_doc))
            else:
                oneof.fields.append(self.read_field(inner_doc))

        self.read_block(read_statement)
        return oneof

    def read_extend(self, doc: str) -> Extend:
        extend = Extend(self.take_name(), doc=doc)
        self.read_block(lambda: extend.fields.append(self.read_field(self.read_doc())))
        return extend

    def read_ranges(self, doc: str) -> Ranges:
        parts: list[str] = []
        while not parts or self.take_if(","):
            if self.next.kind == "string":
                parts.append(f'"{self.take_string()}"')
            elif self.next.kind == "name":
                parts.append(self.take_name())
            else:
                first = self.take_number()
                is_range = self.take_if("to")
                last = self.take_if("max") or self.take_number() if is_range else ""
                parts.append(f"{first} to {last}" if is_range else first)
        options = self.read_bracketed_options()
        self.expect(";")
        return Ranges(parts, doc, options)

    # Enums and services

    def read_enum(self, doc: str) -> Enum:
        enum = Enum(self.take_name(), doc=doc)

        def read_statement() -> None:
            inner_doc, word = self.read_doc(), self.take_name()
            is_constant = self.next.text == "="
            if word == "option" and not is_constant:
                enum.options.append(self.read_option(inner_doc))
            elif word == "reserved" and not is_constant:
                enum.reserved.append(self.read_ranges(inner_doc))
            else:
                self.expect("=")
                number, options = self.take_number(), self.read_bracketed_options()
                enum.constants.append(Constant(word, number, options, inner_doc))
                self.expect(";")

        self.read_block(read_statement)
        return enum

    def read_service(self, doc: str) -> Service:
        service = Service(self.take_name(), doc=doc)

        def read_statement() -> None:
            inner_doc, word = self.read_doc(), self.expect("option", "rpc")
            if word == "option":
                service.options.append(self.read_option(inner_doc))
            else:
                service.rpcs.append(self.read_rpc(inner_doc))

        self.read_block(read_statement)
        return service

    def read_rpc(self, doc: str) -> Rpc:
        name = self.take_name()
        request, is_request_stream = self.read_rpc_type()
        self.expect("returns")
        response, is_response_stream = self.read_rpc_type()
        rpc = Rpc(name, request, response, is_request_stream, is_response_stream, doc=doc)
        if self.next.text != "{":
            self.expect(";")
            return rpc

        def read_statement() -> None:
            inner_doc = self.read_doc()
            self.expect("option")
            rpc.options.append(self.read_option(inner_doc))

        self.read_block(read_statement)
        return rpc

    def read_rpc_type(self) -> tuple[str, bool]:
        self.expect("(")
        is_stream = self.next.text == "stream" and self.tokens[self.index + 1].kind == "name"
        if is_stream:
            self.take()
        name = self.take_name()
        self.expect(")")
        return name, is_stream
