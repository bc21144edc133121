"""GraphQL schemas, told by the shape of their first definition."""

import re

from registry.artifact_types.base import ArtifactType, always, nothing_extracted, unchanged
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging

_MEDIA_TYPE = "application/graphql"

# Possessive, so that no input makes the match backtrack.
_COMMENTS = r"(?>(?:[\s,]++|\#[^\n]*+)*)"
_DESCRIPTION = r'(?>(?:"""(?>(?:[^"]++|"(?!""))*)"""|"(?>(?:[^"\\\n]++|\\.)*)")?)'
_FIRST_DEFINITION = re.compile(
    rf"""{_COMMENTS}{_DESCRIPTION}{_COMMENTS}(?>(?:extend\s++)?)(?:
        schema\b[^{{}}"]*+\{{
        | (?:type|interface|input|enum)\s++\w++[^{{}}"]*+\{{
        | (?:type|interface)\s++\w++\s++(?:implements\b|@)
        | scalar\s++\w
        | union\s++\w++[^{{}}"=]*+=
        | directive\s*+@
    )""",
    re.VERBOSE,
)


def _detects(candidate: Candidate) -> bool:
    if "graphql" in candidate.content_type:
        return True
    return candidate.text is not None and _FIRST_DEFINITION.match(candidate.text) is not None


def _judging() -> Judging:
    from registry.artifact_types.graphql.judging import JUDGING

    return JUDGING


GRAPHQL = ArtifactType(
    name="GRAPHQL",
    title="GraphQL",
    media_type=_MEDIA_TYPE,
    detects=_detects,
    extract=nothing_extracted,
    canonicalize=unchanged,
    media_type_of=always(_MEDIA_TYPE),
    judging=_judging,
)
