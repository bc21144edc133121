"""The checks of JSON Schemas."""

from registry.artifact_types.checks import TypeChecks, with_size_limit
from registry.artifact_types.json_schema.compatibility import incompatibilities
from registry.artifact_types.json_schema.validity import syntax_violations, violations
from registry.artifact_types.syntax.json_references import unresolved_references

#: Bytes that are checked within two seconds.
_MAX_BYTES = 4 * 1024 * 1024

CHECKS = with_size_limit(
    TypeChecks(
        syntax_violations,
        violations,
        incompatibilities,
        unresolved_references,
    ),
    _MAX_BYTES,
)
