"""What is judged about Avro schemas."""

from registry.artifact_types.avro.compatibility import misfits
from registry.artifact_types.avro.validity import syntax_violations, unmapped, violations
from registry.artifact_types.judgements import Judging

JUDGING = Judging(syntax_violations, violations, misfits, unmapped)
