"""The checks of Avro schemas."""

from registry.artifact_types.avro.compatibility import incompatibilities
from registry.artifact_types.avro.validity import (
    syntax_violations,
    unresolved_references,
    violations,
)
from registry.artifact_types.checks import TypeChecks, with_size_limit

#: Bytes that are checked within two seconds.
_MAX_BYTES = 4 * 1024 * 1024

CHECKS = with_size_limit(
    TypeChecks(syntax_violations, violations, incompatibilities, unresolved_references), _MAX_BYTES
)
