"""A GraphQL schema as a reference: its operations, then its types."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError, parse
from graphql.language import ast, print_ast

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import decode_text
from registry.outlines.model import Field, Operation, Outline, OutlineBuilder, Section

_MAX_TOKENS = 150_000
_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_KINDS = {
    "object_type": "type",
    "interface_type": "interface",
    "input_object_type": "input",
    "enum_type": "enum",
    "union_type": "union",
    "scalar_type": "scalar",
}
#: By the kinds of nodes, in words.
_NODE_KINDS = {
    **{f"{kind}_definition": words for kind, words in _KINDS.items()},
    **{f"{kind}_extension": f"extension of {words}" for kind, words in _KINDS.items()},
}


def read(content: bytes) -> Outline | None:
    text = decode_text(content)
    if isinstance(text, Violation):
        return None
    try:
        document = parse(text, max_tokens=_MAX_TOKENS, no_location=True)
    except GraphQLError:
        return None
    return _Outliner(document.definitions).outline()


class _Outliner:
    def __init__(self, definitions: Sequence[Any]) -> None:
        self._builder = OutlineBuilder()
        self._types = [node for node in definitions if str(node.kind) in _NODE_KINDS]
        roots = dict(_ROOTS)
        for node in definitions:
            if isinstance(node, ast.SchemaDefinitionNode | ast.SchemaExtensionNode):
                for root in node.operation_types or ():
                    roots[root.operation.value] = root.type.name.value
        #: By the names of the root types.
        self._verbs = {name: operation.upper() for operation, name in roots.items()}
        self._anchors: dict[str, str] = {}

    def outline(self) -> Outline:
        for node in self._types:
            name = node.name.value
            if name not in self._verbs and name not in self._anchors:
                self._anchors[name] = self._builder.add_anchor(name)
        for node in self._types:
            if node.name.value in self._verbs:
                self._add_operations(self._verbs[node.name.value], node)
        for node in self._types:
            name = node.name.value
            count = 1 + len(getattr(node, "fields", None) or ())
            if name not in self._verbs and self._builder.has_room(count):
                self._add_section(name, node)
        return self._builder.build("GraphQL schema")

    def _add_operations(self, verb: str, root: Any) -> None:
        for node in root.fields or ():
            if not self._builder.has_room():
                return
            name = node.name.value
            kind, link = self._describe_type(node.type)
            self._builder.operations.append(
                Operation(
                    verb,
                    name,
                    self._builder.add_anchor(f"{verb}-{name}"),
                    description=_description(node),
                    parameters=tuple(self._field(argument) for argument in node.arguments or ()),
                    responses=(("", "Answers", kind, link),),
                    is_deprecated=bool(_deprecated(node)),
                )
            )

    def _add_section(self, name: str, node: Any) -> None:
        fields = [self._field(field) for field in getattr(node, "fields", None) or ()]
        for value in getattr(node, "values", None) or ():
            facts = _deprecated(value)
            fields.append(Field(value.name.value, "", False, _description(value), facts=facts))
        for member in getattr(node, "types", None) or ():
            member_name = member.name.value
            link = self._anchors.get(member_name, "")
            fields.append(Field(member_name, member_name, link=link))
        kind = _NODE_KINDS[str(node.kind)]
        self._builder.sections.append(
            Section(name, kind, self._anchors[name], _description(node), tuple(fields))
        )

    def _field(self, node: Any) -> Field:
        kind, link = self._describe_type(node.type)
        arguments = [
            f"{argument.name.value}: {print_ast(argument.type)}"
            for argument in getattr(node, "arguments", None) or ()
        ]
        default = getattr(node, "default_value", None)
        facts = [f"takes {', '.join(arguments)}"] if arguments else []
        return Field(
            node.name.value,
            kind,
            kind.endswith("!"),
            _description(node),
            print_ast(default) if default is not None else None,
            link=link,
            facts=(*facts, *_deprecated(node)),
        )

    def _describe_type(self, node: Any) -> tuple[str, str]:
        words = print_ast(node)
        return words, self._anchors.get(words.strip("[]!"), "")


def _description(node: Any) -> str:
    description = getattr(node, "description", None)
    return description.value if description is not None else ""


def _deprecated(node: Any) -> tuple[str, ...]:
    is_deprecated = any(directive.name.value == "deprecated" for directive in node.directives or ())
    return ("deprecated",) if is_deprecated else ()
