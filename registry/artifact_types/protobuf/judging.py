"""What is judged about Protobuf: by Apicurio's rules; by Confluent's where asked."""

from registry.artifact_types.judgements import Judging
from registry.artifact_types.protobuf import wire_compatibility
from registry.artifact_types.protobuf.compatibility import misfits
from registry.artifact_types.protobuf.validity import syntax_violations, unmapped, violations

JUDGING = Judging(syntax_violations, violations, misfits, unmapped, wire_compatibility.misfits)
