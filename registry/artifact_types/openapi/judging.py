"""What is judged about OpenAPI documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.json_references import unmapped
from registry.artifact_types.judgements import Judging
from registry.artifact_types.openapi.validity import syntax_violations, violations

JUDGING = Judging(syntax_violations, violations, None, unmapped)
