"""What is judged about AsyncAPI documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.asyncapi.validity import syntax_violations, violations
from registry.artifact_types.checks import Judging, bounded
from registry.artifact_types.syntax.json_references import unmapped

#: Bytes that are judged within two seconds.
_MOST_BYTES = 8 * 1024 * 1024

JUDGING = bounded(Judging(syntax_violations, violations, None, unmapped), _MOST_BYTES)
