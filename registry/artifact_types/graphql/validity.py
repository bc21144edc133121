"""Checks GraphQL schemas with graphql-core."""

from contextlib import suppress

from graphql import GraphQLError, GraphQLSyntaxError, build_ast_schema, parse
from graphql.language import DocumentNode, ExecutableDefinitionNode, ParallelVisitor, visit
from graphql.type.validate import SchemaValidationContext
from graphql.validation.specified_rules import specified_sdl_rules
from graphql.validation.validation_context import SDLValidationContext

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.graphql import federation
from registry.artifact_types.syntax.documents import MAX_VIOLATIONS, decode_text

#: The parser takes a few microseconds for each.
_MAX_TOKENS = 150_000
#: Parts of a schema, as federated services publish them, have none: others extend them.
_NO_QUERY = "Query root type must be provided"


def syntax_violations(content: bytes) -> list[Violation]:
    document = _parse(content)
    return [document] if isinstance(document, Violation) else []


def violations(document: Document) -> list[Violation]:
    """Check the definitions, then their schema, with or without a Query.

    A subgraph of Apollo Federation may use its directives, and extend types of other subgraphs.
    """
    parsed = _parse(document.content)
    if isinstance(parsed, Violation):
        return [parsed]
    errors = _Errors()
    try:
        parsed = federation.complete(parsed)
        with suppress(_TooManyErrors):
            definitions = SDLValidationContext(parsed, None, errors.append)
            visit(parsed, ParallelVisitor([rule(definitions) for rule in specified_sdl_rules]))
            if not errors:
                schema = SchemaValidationContext(build_ast_schema(parsed, assume_valid_sdl=True))
                schema.errors = errors
                schema.validate_root_types()
                schema.validate_directives()
                schema.validate_types()
    except (GraphQLError, TypeError, ValueError, RecursionError) as error:
        return [Violation(f"The schema can't be built: {error}")]
    reported = [error for error in errors if not error.message.startswith(_NO_QUERY)]
    return [_to_violation(error) for error in reported[:MAX_VIOLATIONS]]


class _TooManyErrors(Exception):
    """The maximum of reported errors is reached."""


class _Errors(list[GraphQLError]):
    """The first errors, up to a maximum.

    Each costs a scan of the whole text: reporting all would take quadratic time.
    """

    def append(self, error: GraphQLError) -> None:
        """Append an error; raises _TooManyErrors."""
        super().append(error)
        # One may be left out.
        if len(self) > MAX_VIOLATIONS:
            raise _TooManyErrors


def _parse(content: bytes) -> DocumentNode | Violation:
    text = decode_text(content)
    if isinstance(text, Violation):
        return text
    try:
        document = parse(text, max_tokens=_MAX_TOKENS)
    except GraphQLSyntaxError as error:
        return _to_violation(error)
    except RecursionError:
        return Violation("The content is nested too deeply")
    for definition in document.definitions:
        if isinstance(definition, ExecutableDefinitionNode):
            message = "A schema holds no queries, mutations, subscriptions and fragments"
            return _to_violation(GraphQLError(message, definition))
    return document


def _to_violation(error: GraphQLError) -> Violation:
    location = error.locations[0] if error.locations else None
    line, column = (location.line, location.column) if location else (0, 0)
    return Violation(error.message.removeprefix("Syntax Error: ").rstrip("."), "", line, column)
