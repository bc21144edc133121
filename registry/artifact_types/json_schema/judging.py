"""What is judged about JSON Schemas."""

from registry.artifact_types.checks import Judging, bounded
from registry.artifact_types.json_schema.compatibility import misfits
from registry.artifact_types.json_schema.validity import syntax_violations, violations
from registry.artifact_types.syntax.json_references import unmapped

#: Bytes that are judged within two seconds.
_MOST_BYTES = 4 * 1024 * 1024

JUDGING = bounded(Judging(syntax_violations, violations, misfits, unmapped), _MOST_BYTES)
