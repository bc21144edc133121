"""Completes subgraphs of Apollo Federation, which use and extend types of other subgraphs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import language as ast
from graphql import parse, value_from_ast_untyped, visit

_FEDERATION_2 = re.compile(r"https?://specs\.apollo\.dev/federation/v2\.(\d{1,3})/?")
_CONNECT = re.compile(r"https?://specs\.apollo\.dev/connect/v0\.\d{1,3}/?")
_NAME = re.compile(r"@?[_A-Za-z][_0-9A-Za-z]*")
_ON_TYPES = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
_ON_INPUTS = "ARGUMENT_DEFINITION | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
#: What a schema may use that links to any specification.
_LINK = {
    "link__Import": "scalar link__Import",
    "link__Purpose": "enum link__Purpose { SECURITY EXECUTION }",
    "@link": (
        "directive @link(url: String, as: String, for: link__Purpose, import: [link__Import])"
        " repeatable on SCHEMA"
    ),
}
#: Directives of Federation 2: the minor version that brought each, and its definition.
_DIRECTIVES = {
    "key": (0, "(fields: {0}FieldSet!, resolvable: Boolean = true) repeatable on OBJECT|INTERFACE"),
    "requires": (0, "(fields: {0}FieldSet!) on FIELD_DEFINITION"),
    "provides": (0, "(fields: {0}FieldSet!) on FIELD_DEFINITION"),
    "external": (0, "(reason: String) on OBJECT | FIELD_DEFINITION"),
    "extends": (0, " on OBJECT | INTERFACE"),
    "shareable": (0, " repeatable on OBJECT | FIELD_DEFINITION"),
    "override": (0, "(from: String!, label: String) on FIELD_DEFINITION"),
    "tag": (0, f"(name: String!) repeatable on {_ON_TYPES} | UNION | SCHEMA | {_ON_INPUTS}"),
    "inaccessible": (0, f" on {_ON_TYPES} | UNION | {_ON_INPUTS}"),
    "composeDirective": (1, "(name: String!) repeatable on SCHEMA"),
    "interfaceObject": (3, " on OBJECT"),
    "authenticated": (5, f" on {_ON_TYPES}"),
    "requiresScopes": (5, f"(scopes: [[{{0}}Scope!]!]!) on {_ON_TYPES}"),
    "policy": (6, f"(policies: [[{{0}}Policy!]!]!) on {_ON_TYPES}"),
    "context": (8, "(name: String!) repeatable on INTERFACE | OBJECT | UNION"),
    "fromContext": (8, "(field: {0}ContextFieldValue) on ARGUMENT_DEFINITION"),
    "cost": (
        9,
        "(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION"
        " | INPUT_FIELD_DEFINITION | OBJECT | SCALAR",
    ),
    "listSize": (
        9,
        "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
        " requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION",
    ),
    "cacheTag": (12, "(format: String!) repeatable on OBJECT | FIELD_DEFINITION"),
}
#: Directives of Apollo Connectors, which subgraphs link to. Their arguments differ by version, and
#: are objects of their own; here each takes any value.
_CONNECT_DIRECTIVES = {
    "connect": (
        "(source: String, id: String, http: {0}Any, batch: {0}Any, errors: {0}Any, "
        "isSuccess: {0}Any, selection: {0}Any!, entity: Boolean) "
        "repeatable on FIELD_DEFINITION | OBJECT"
    ),
    "source": (
        "(name: String!, http: {0}Any!, errors: {0}Any, isSuccess: {0}Any) repeatable on SCHEMA"
    ),
}
#: Four times as many as there are to import.
_MAX_IMPORTS = 100
_SCALARS = ("FieldSet", "Scope", "Policy", "ContextFieldValue")
#: Those of Federation 1, which needs no link.
_DIRECTIVES_OF_1 = frozenset({"key", "requires", "provides", "external", "extends", "tag"})
_ROOT_TYPES = ("Query", "Mutation", "Subscription")
_DEFINITIONS: Mapping[type[ast.TypeExtensionNode], type[ast.TypeDefinitionNode]] = {
    ast.ScalarTypeExtensionNode: ast.ScalarTypeDefinitionNode,
    ast.ObjectTypeExtensionNode: ast.ObjectTypeDefinitionNode,
    ast.InterfaceTypeExtensionNode: ast.InterfaceTypeDefinitionNode,
    ast.UnionTypeExtensionNode: ast.UnionTypeDefinitionNode,
    ast.EnumTypeExtensionNode: ast.EnumTypeDefinitionNode,
    ast.InputObjectTypeExtensionNode: ast.InputObjectTypeDefinitionNode,
}


def complete(document: ast.DocumentNode) -> ast.DocumentNode:
    """Add the definitions provided to a subgraph; make definitions of extended foreign types.

    Any other schema may extend root types alone.
    """
    provided = _provided(document)
    is_subgraph = not provided.keys() <= _LINK.keys()
    roots = {
        *_ROOT_TYPES,
        *(
            operation_type.type.name.value
            for schema in _iter_schemas(document)
            for operation_type in schema.operation_types or ()
        ),
    }
    defined = {_defined_name(definition) for definition in document.definitions}
    definitions: list[ast.DefinitionNode] = []
    for definition in document.definitions:
        if isinstance(definition, ast.TypeExtensionNode) and definition.name.value not in defined:
            is_object = isinstance(definition, ast.ObjectTypeExtensionNode)
            if is_subgraph or (is_object and definition.name.value in roots):
                defined.add(definition.name.value)
                definition = _DEFINITIONS[type(definition)](**vars(definition))
        definitions.append(definition)
    added = "\n".join(text for name, text in provided.items() if name not in defined)
    if added:
        definitions += parse(added, no_location=True).definitions
    return ast.DocumentNode(definitions=tuple(definitions), loc=document.loc)


def _provided(document: ast.DocumentNode) -> dict[str, str]:
    """Return the definitions provided to the document by name, a directive's with @."""
    links = list(_iter_links(document))
    provided = dict(_LINK) if links else {}
    versions = [_FEDERATION_2.fullmatch(str(link.get("url"))) for link in links]
    for link, version in zip(links, versions, strict=True):
        if version is not None:
            provided |= _federation_2(link, int(version[1]))
        elif _CONNECT.fullmatch(str(link.get("url"))):
            provided |= _connect(link)
    if not any(versions):
        names = _DirectiveNames()
        visit(document, names)
        for name in names.found & _DIRECTIVES_OF_1:
            provided[f"@{name}"] = f"directive @{name}{_DIRECTIVES[name][1].format('_')}"
            provided["_FieldSet"] = "scalar _FieldSet"
    return provided


def _federation_2(link: Mapping[str, Any], minor: int) -> dict[str, str]:
    """Return the definitions of a link, by full name and by imported name."""
    prefix = f"{link.get('as') or 'federation'}__"
    aliases = _imported_names(link)
    provided: dict[str, str] = {}
    for scalar in _SCALARS:
        for name in (prefix + scalar, *aliases.get(scalar, ())):
            provided[name] = f"scalar {name}"
    for directive, (first_minor, rest) in _DIRECTIVES.items():
        if minor >= first_minor:
            for name in (f"@{prefix}{directive}", *aliases.get(f"@{directive}", ())):
                provided[name] = f"directive {name}{rest.format(prefix)}"
    return {name: text for name, text in provided.items() if _NAME.fullmatch(name)}


def _connect(link: Mapping[str, Any]) -> dict[str, str]:
    """Return the definitions of a link to Apollo Connectors, by full name and imported name."""
    own = str(link.get("as") or "connect")
    aliases = _imported_names(link)
    provided = {f"{own}__Any": f"scalar {own}__Any"}
    for directive, rest in _CONNECT_DIRECTIVES.items():
        # The directive that is called like its specification has no prefix.
        full = f"@{own}" if directive == "connect" else f"@{own}__{directive}"
        for name in (full, *aliases.get(f"@{directive}", ())):
            provided[name] = f"directive {name}{rest.format(f'{own}__')}"
    return {name: text for name, text in provided.items() if _NAME.fullmatch(name)}


def _imported_names(link: Mapping[str, Any]) -> dict[str, list[str]]:
    """Map each name imported by a link to its names in the document."""
    aliases: dict[str, list[str]] = {}
    imports = link.get("import")
    for item in imports[:_MAX_IMPORTS] if isinstance(imports, list) else []:
        name = item.get("name") if isinstance(item, dict) else item
        alias = item.get("as") or name if isinstance(item, dict) else item
        aliases.setdefault(str(name), []).append(str(alias))
    return aliases


def _iter_links(document: ast.DocumentNode) -> Iterator[Mapping[str, Any]]:
    """Iterate over the arguments of each `@link` of the schema."""
    for schema in _iter_schemas(document):
        for directive in schema.directives or ():
            if directive.name.value == "link":
                arguments = directive.arguments or ()
                yield {
                    argument.name.value: value_from_ast_untyped(argument.value)
                    for argument in arguments
                }


def _iter_schemas(
    document: ast.DocumentNode,
) -> Iterator[ast.SchemaDefinitionNode | ast.SchemaExtensionNode]:
    for definition in document.definitions:
        if isinstance(definition, ast.SchemaDefinitionNode | ast.SchemaExtensionNode):
            yield definition


def _defined_name(definition: ast.DefinitionNode) -> str | None:
    if isinstance(definition, ast.TypeDefinitionNode):
        return definition.name.value
    if isinstance(definition, ast.DirectiveDefinitionNode):
        return f"@{definition.name.value}"
    return None


class _DirectiveNames(ast.Visitor):
    """Gathers the names of all applied directives."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_directive(self, node: ast.DirectiveNode, *_: Any) -> None:
        self.found.add(node.name.value)
