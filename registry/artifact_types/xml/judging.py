"""What is judged about XML documents: that they are well-formed."""

from registry.artifact_types.checks import Document, Judging, Violation, bounded
from registry.artifact_types.syntax.xml_validity import syntax_violations


def _violations(document: Document) -> list[Violation]:
    return syntax_violations(document.content)


#: Bytes that are judged within two seconds.
_MOST_BYTES = 10 * 1024 * 1024

JUDGING = bounded(Judging(syntax_violations, _violations), _MOST_BYTES)
