"""What is judged about XML Schemas; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.checks import Judging, bounded
from registry.artifact_types.syntax.xml_imports import unmapped
from registry.artifact_types.xsd.validity import syntax_violations, violations

#: Bytes that are judged within two seconds.
_MOST_BYTES = 256 * 1024
_MOST_OF_SYNTAX = 10 * 1024 * 1024

JUDGING = bounded(
    Judging(syntax_violations, violations, None, unmapped), _MOST_BYTES, _MOST_OF_SYNTAX
)
