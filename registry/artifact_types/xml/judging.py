"""What is judged about XML documents: that they are well-formed."""

from registry.artifact_types.judgements import Document, Judging, Violation
from registry.artifact_types.xml_validity import syntax_violations


def _violations(document: Document) -> list[Violation]:
    return syntax_violations(document.content)


JUDGING = Judging(syntax_violations, _violations)
