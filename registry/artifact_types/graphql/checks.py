"""The checks of GraphQL schemas; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.checks import TypeChecks, with_size_limit
from registry.artifact_types.graphql.validity import syntax_violations, violations

#: Bytes that are checked within two seconds.
_MAX_BYTES = 2 * 1024 * 1024

CHECKS = with_size_limit(TypeChecks(syntax_violations, violations), _MAX_BYTES)
