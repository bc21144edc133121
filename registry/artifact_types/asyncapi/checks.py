"""The checks of AsyncAPI documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.asyncapi.validity import syntax_violations, violations
from registry.artifact_types.checks import TypeChecks, with_size_limit
from registry.artifact_types.syntax.json_references import unresolved_references

#: Bytes that are checked within two seconds.
_MAX_BYTES = 8 * 1024 * 1024

CHECKS = with_size_limit(
    TypeChecks(syntax_violations, violations, None, unresolved_references), _MAX_BYTES
)
