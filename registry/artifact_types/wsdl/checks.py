"""The checks of WSDL documents; nothing compares two of them, as in Apicurio 2."""

from registry.artifact_types.checks import TypeChecks, with_size_limit
from registry.artifact_types.syntax.xml_imports import unresolved_references
from registry.artifact_types.wsdl.validity import syntax_violations, violations

#: Bytes that are checked within two seconds.
_MAX_BYTES = 512 * 1024
_MAX_SYNTAX_BYTES = 10 * 1024 * 1024

CHECKS = with_size_limit(
    TypeChecks(syntax_violations, violations, None, unresolved_references),
    _MAX_BYTES,
    _MAX_SYNTAX_BYTES,
)
