"""The checks of Kafka Connect's schemas and connectors; nothing compares two of them."""

from registry.artifact_types.checks import TypeChecks, with_size_limit
from registry.artifact_types.kafka_connect.validity import syntax_violations, violations

#: Bytes that are checked within two seconds.
_MAX_BYTES = 2 * 1024 * 1024

CHECKS = with_size_limit(TypeChecks(syntax_violations, violations), _MAX_BYTES)
