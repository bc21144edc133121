"""What is judged about XML Schemas; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.judgements import Judging
from registry.artifact_types.xml_imports import unmapped
from registry.artifact_types.xsd.validity import syntax_violations, violations

JUDGING = Judging(syntax_violations, violations, None, unmapped)
