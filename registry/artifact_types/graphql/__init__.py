"""GraphQL schemas, detected by the shape of their first definition."""

import re

from registry.artifact_types.base import (
    ArtifactType,
    canonicalize_unchanged,
    extract_nothing,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate

_MEDIA_TYPE = "application/graphql"

# Possessive, so that no input makes the match backtrack.
_COMMENTS = r"(?>(?:[\s,]++|\#[^\n]*+)*)"
_DESCRIPTION = r'(?>(?:"""(?>(?:[^"]++|"(?!""))*)"""|"(?>(?:[^"\\\n]++|\\.)*)")?)'
_FIRST_DEFINITION = re.compile(
    rf"""{_COMMENTS}{_DESCRIPTION}{_COMMENTS}(?>(?:extend\s++)?)(?:
        schema\b[^{{}}"]*+\{{
        | schema\s*+@
        | (?:type|interface|input|enum)\s++\w++[^{{}}"]*+\{{
        | (?:type|interface)\s++\w++\s++implements\b
        | (?:type|interface|input|enum|union)\s++\w++\s*+@
        | scalar\s++\w
        | union\s++\w++[^{{}}"=]*+=
        | directive\s*+@
    )""",
    re.VERBOSE,
)


def detects(candidate: Candidate) -> bool:
    if "graphql" in candidate.content_type:
        return True
    return candidate.text is not None and _FIRST_DEFINITION.match(candidate.text) is not None


GRAPHQL = ArtifactType(
    name="GRAPHQL",
    title="GraphQL",
    media_type=_MEDIA_TYPE,
    detects=detects,
    detection_reason="a GraphQL document",
    extract=extract_nothing,
    # Apicurio prints the built schema with graphql-java, whose printer no recorded vector shows.
    # Nothing but look-ups by canonical form depends on it.
    canonicalize=canonicalize_unchanged,
    get_media_type=fixed_media_type(_MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
)
