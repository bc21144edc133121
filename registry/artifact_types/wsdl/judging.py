"""What is judged about WSDL documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.judgements import Judging
from registry.artifact_types.wsdl.validity import syntax_violations, violations
from registry.artifact_types.xml_imports import unmapped

JUDGING = Judging(syntax_violations, violations, None, unmapped)
