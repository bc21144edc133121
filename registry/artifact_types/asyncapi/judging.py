"""What is judged about AsyncAPI documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.asyncapi.validity import syntax_violations, violations
from registry.artifact_types.json_references import unmapped
from registry.artifact_types.judgements import Judging

JUDGING = Judging(syntax_violations, violations, None, unmapped)
