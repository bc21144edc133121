"""What is judged about GraphQL schemas; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.checks import Judging, bounded
from registry.artifact_types.graphql.validity import syntax_violations, violations

#: Bytes that are judged within two seconds.
_MOST_BYTES = 2 * 1024 * 1024

JUDGING = bounded(Judging(syntax_violations, violations), _MOST_BYTES)
