"""What is judged about Protobuf: by Apicurio's rules; by Confluent's where asked."""

from registry.artifact_types.checks import Judging, bounded
from registry.artifact_types.protobuf import wire_compatibility
from registry.artifact_types.protobuf.compatibility import misfits
from registry.artifact_types.protobuf.validity import syntax_violations, unmapped, violations

#: Bytes that are judged within two seconds.
_MOST_BYTES = 1024 * 1024

JUDGING = bounded(
    Judging(syntax_violations, violations, misfits, unmapped, wire_compatibility.misfits),
    _MOST_BYTES,
)
