"""The checks of Protobuf: by Apicurio's rules, and by Confluent's for its API."""

from registry.artifact_types.checks import TypeChecks, with_size_limit
from registry.artifact_types.protobuf import wire_compatibility
from registry.artifact_types.protobuf.compatibility import incompatibilities
from registry.artifact_types.protobuf.validity import (
    syntax_violations,
    unresolved_references,
    violations,
)

#: Bytes that are checked within two seconds.
_MAX_BYTES = 1024 * 1024

CHECKS = with_size_limit(
    TypeChecks(
        syntax_violations,
        violations,
        incompatibilities,
        unresolved_references,
        wire_compatibility.incompatibilities,
    ),
    _MAX_BYTES,
)
