"""The checks of XML documents: they have to be well-formed."""

from registry.artifact_types.checks import Document, TypeChecks, Violation, with_size_limit
from registry.artifact_types.syntax.xml_validity import syntax_violations


def violations(document: Document) -> list[Violation]:
    return syntax_violations(document.content)


#: Bytes that are checked within two seconds.
_MAX_BYTES = 10 * 1024 * 1024

CHECKS = with_size_limit(TypeChecks(syntax_violations, violations), _MAX_BYTES)
