"""What is judged about OpenAPI documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.json_references import unmapped
from registry.artifact_types.judgements import Judging, bounded
from registry.artifact_types.openapi.validity import syntax_violations, violations

#: Bytes that are judged within two seconds.
_MOST_BYTES = 8 * 1024 * 1024

JUDGING = bounded(Judging(syntax_violations, violations, None, unmapped), _MOST_BYTES)
