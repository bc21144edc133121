"""A GraphQL schema as a reference: what can be asked and changed, then its types."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError, parse
from graphql.language import ast, print_ast

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import decode_text
from registry.outlines.model import Field, Operation, Outline, OutlineBuilder, Section

_MOST_TOKENS = 150_000
_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_KINDS = {
    "object_type": "type",
    "interface_type": "interface",
    "input_object_type": "input",
    "enum_type": "enum",
    "union_type": "union",
    "scalar_type": "scalar",
}


def read(content: bytes) -> Outline | None:
    text = decode_text(content)
    if isinstance(text, Violation):
        return None
    try:
        document = parse(text, max_tokens=_MOST_TOKENS, no_location=True)
    except GraphQLError:
        return None
    return _Outliner(document.definitions).outline()


class _Outliner:
    def __init__(self, definitions: Sequence[Any]) -> None:
        self._draft = OutlineBuilder()
        self._definitions = definitions
        self._roots = dict(_ROOTS)
        for each in definitions:
            if isinstance(each, ast.SchemaDefinitionNode | ast.SchemaExtensionNode):
                for one in each.operation_types or ():
                    self._roots[one.operation.value] = one.type.name.value
        self._anchors: dict[str, str] = {}

    def outline(self) -> Outline:
        types = [each for each in self._definitions if self._kind(each)]
        verbs = {name: verb.upper() for verb, name in self._roots.items()}
        for each in types:
            name = each.name.value
            if name not in verbs:
                self._anchors.setdefault(name, self._draft.add_anchor(name))
        for each in types:
            if each.name.value in verbs:
                self._draft.operations += self._operations(verbs[each.name.value], each)
        for each in types:
            name = each.name.value
            count = 1 + len(getattr(each, "fields", None) or ())
            if name not in verbs and self._draft.has_room(count):
                self._draft.sections.append(self._section(name, each))
        return self._draft.build("GraphQL schema")

    def _kind(self, node: Any) -> str:
        kind = str(node.kind)
        for known, words in _KINDS.items():
            if kind == f"{known}_definition":
                return words
            if kind == f"{known}_extension":
                return f"extension of {words}"
        return ""

    def _operations(self, verb: str, node: Any) -> Iterator[Operation]:
        for each in node.fields or ():
            if not self._draft.has_room():
                return
            name = each.name.value
            words, link = self._words(each.type)
            yield Operation(
                verb,
                name,
                self._draft.add_anchor(f"{verb}-{name}"),
                description=_description(each),
                parameters=tuple(self._field(one) for one in each.arguments or ()),
                responses=(("", "Answers", words, link),),
                is_deprecated=bool(_deprecated(each)),
            )

    def _section(self, name: str, node: Any) -> Section:
        fields = [self._field(each) for each in getattr(node, "fields", None) or ()]
        for each in getattr(node, "values", None) or ():
            fields.append(
                Field(each.name.value, "", False, _description(each), facts=_deprecated(each))
            )
        for each in getattr(node, "types", None) or ():
            member = each.name.value
            fields.append(Field(member, member, link=self._anchors.get(member, "")))
        return Section(
            name, self._kind(node), self._anchors[name], _description(node), tuple(fields)
        )

    def _field(self, node: Any) -> Field:
        words, link = self._words(node.type)
        arguments = [
            f"{each.name.value}: {print_ast(each.type)}"
            for each in getattr(node, "arguments", None) or ()
        ]
        default = getattr(node, "default_value", None)
        facts = [f"takes {', '.join(arguments)}"] if arguments else []
        return Field(
            node.name.value,
            words,
            words.endswith("!"),
            _description(node),
            print_ast(default) if default is not None else None,
            link=link,
            facts=(*facts, *_deprecated(node)),
        )

    def _words(self, node: Any) -> tuple[str, str]:
        words = print_ast(node)
        return words, self._anchors.get(words.strip("[]!"), "")


def _description(node: Any) -> str:
    told = getattr(node, "description", None)
    return told.value if told is not None else ""


def _deprecated(node: Any) -> tuple[str, ...]:
    found = any(each.name.value == "deprecated" for each in node.directives or ())
    return ("deprecated",) if found else ()
