"""Subgraphs of a federation are schemas, operations are none; as Apollo's composition has it."""

import pytest

from registry.artifact_types import detect_type, get_artifact_type
from registry.artifact_types.checks import Document

CHECKS = get_artifact_type("GRAPHQL").load_checks()
LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v{}", import: [{}])\n'
PRODUCT = 'type Product @key(fields: "id") { id: ID! @shareable }'


def messages(content: str) -> list[str]:
    return [each.message for each in CHECKS.violations(Document(content.encode()))]


def linked(content: str, *names: str, version: str = "2.9") -> str:
    imports = ", ".join(name if name.startswith("{") else f'"{name}"' for name in names)
    return LINK.format(version, imports) + content


@pytest.mark.parametrize(
    "content",
    [
        linked(f"type Query {{ p: Product }} {PRODUCT}", "@key", "@shareable"),
        linked('type P @federation__key(fields: "id") { id: ID! }'),
        linked('type P @id(fields: "id") { id: ID! }', '{name: "@key", as: "@id"}'),
        linked(
            "directive @custom(fields: FieldSet) on OBJECT\n"
            'type P @custom(fields: "id") { id: ID! }',
            "FieldSet",
        ),
        # A subgraph may define what it uses.
        linked(
            f"directive @key(fields: String!) repeatable on OBJECT\n{PRODUCT}",
            "@key",
            "@shareable",
        ),
        linked(
            "extend interface I { a: Int } extend input J { a: Int } extend enum E { A }\n"
            'extend union U = T extend scalar S @federation__tag(name: "x") type T { a: Int }'
        ),
        linked('type P @policy(policies: [["a", "b"], ["c"]]) { id: ID! }', "@policy"),
        # Apollo Connectors are a specification beside it.
        linked(
            'extend schema @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@source", '
            '{name: "@connect", as: "@get"}]) @source(name: "s", http: {baseURL: "https://x"})\n'
            'type Query { p: P @get(source: "s", http: {GET: "/p"}, selection: "id") }\n'
            'type P @connect(http: {GET: "/p"}, selection: "id") { id: ID! }'
        ),
        # Federation 1 knows no link.
        'extend type Query { me: User } type User @key(fields: "id") { id: ID! }',
        'extend type P @key(fields: "id") { id: ID! @external t: Int @requires(fields: "id")}',
        # Root types are those of others even where nothing else tells a subgraph.
        "extend type Query { me: Int } extend type Mutation { set: Int }",
        "schema { query: Q } extend type Q { a: Int }",
        'schema @link(url: "https://x.example/x/v1.0", import: ["@x"]) { query: Q }\n'
        "directive @x on OBJECT type Q @x { a: Int }",
    ],
)
def test_a_subgraph_is_a_schema(content: str) -> None:
    assert messages(content) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (linked(PRODUCT, "@key"), "Unknown directive '@shareable'"),
        (linked("type P @policy(policies: []) { id: ID! }", "@policy", version="2.3"), "@policy"),
        (linked("type P @key { id: ID! }", "@key"), "'@key(fields:)' of type"),
        (linked('type P @key(field: "id") { id: ID! }', "@key"), "Unknown argument 'field'"),
        (linked('scalar S @key(fields: "id")', "@key"), "may not be used on scalar"),
        (linked("type P { a: Foo }"), "Unknown type 'Foo'"),
        ("type P @shareable { a: Int }", "Unknown directive '@shareable'"),
        ("type Query { a: Int } extend type Qery { b: Int }", "Cannot extend type 'Qery'"),
        ("extend interface Query { a: Int }", "Cannot extend type 'Query'"),
        ("extend type Query { a: Int a: Int }", "can only be defined once"),
        (
            'extend schema @link(url: "https://x.example/x/v1.0", import: ["@x"])\n'
            "type Query @x { a: Int }",
            "Unknown directive '@x'",
        ),
    ],
)
def test_a_wrong_subgraph_is_refused(content: str, message: str) -> None:
    assert message in "\n".join(messages(content))


@pytest.mark.parametrize(
    "operation",
    [
        "query Q { a }",
        "mutation M { a }",
        "subscription { a }",
        "{ a }",
        "fragment F on Query { a }",
    ],
)
def test_an_operation_is_no_schema(operation: str) -> None:
    for content, line in ((operation, 1), (f"type Query {{ a: Int }}\n{operation}", 2)):
        (violation,) = CHECKS.syntax_violations(content.encode())
        assert violation.message.startswith("A schema holds no queries")
        assert violation.line == line
        assert CHECKS.violations(Document(content.encode())) == [violation]


@pytest.mark.parametrize(
    "content",
    [
        linked(PRODUCT, "@key", "@shareable"),
        f"extend {PRODUCT}",
        'enum E @tag(name: "x") { A }',
        'extend input I @tag(name: "x") { a: Int }',
        'union U @tag(name: "x") = A | B',
    ],
)
def test_a_subgraph_is_detected(content: str) -> None:
    detected = detect_type(content.encode())
    assert detected is not None
    assert detected.name == "GRAPHQL"
