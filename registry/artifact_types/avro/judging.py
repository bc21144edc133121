"""What is judged about Avro schemas."""

from registry.artifact_types.avro.compatibility import misfits
from registry.artifact_types.avro.validity import syntax_violations, unmapped, violations
from registry.artifact_types.checks import Judging, bounded

#: Bytes that are judged within two seconds.
_MOST_BYTES = 4 * 1024 * 1024

JUDGING = bounded(Judging(syntax_violations, violations, misfits, unmapped), _MOST_BYTES)
