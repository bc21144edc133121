"""Protocol Buffers schemas, told by the shape of their first statement."""

import re

from registry.artifact_types.base import ArtifactType, always, nothing_extracted
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.protobuf.dereferencing import dereferenced
from registry.artifact_types.protobuf.wire_form import canonicalize

_MEDIA_TYPE = "application/x-protobuf"

# Possessive, so that no input makes the match backtrack.
_COMMENTS = r"(?>(?:\s++|//[^\n]*+|/\*(?>(?:[^*]++|\*(?!/))*)\*/)*)"
_FIRST_STATEMENT = re.compile(
    rf"""{_COMMENTS}(?:
        (?:syntax|edition)\s*+=\s*+["']
        | package\s++[\w.]++\s*+;
        | import\s++(?:public\s++|weak\s++)?["']
        | option\s++[\w.()]++\s*+=
        | (?:message|enum|service)\s++\w++\s*+\{{\s*+(?:\}}|//|/\*|
            (?:optional|required|repeated|reserved|extensions|oneof|message|enum|option|rpc)\b
            | map\s*+<
            | [\w.]++\s++\w++\s*+=
            | \w++\s*+=\s*+-?\d )
    )""",
    re.VERBOSE,
)


def _detects(candidate: Candidate) -> bool:
    if "x-protobuf" in candidate.content_type:
        return True
    return candidate.text is not None and _FIRST_STATEMENT.match(candidate.text) is not None


def _judging() -> Judging:
    from registry.artifact_types.protobuf.judging import JUDGING

    return JUDGING


PROTOBUF = ArtifactType(
    name="PROTOBUF",
    title="Protobuf",
    media_type=_MEDIA_TYPE,
    detects=_detects,
    extract=nothing_extracted,
    canonicalize=canonicalize,
    media_type_of=always(_MEDIA_TYPE),
    judging=_judging,
    is_compared=True,
    dereference=dereferenced,
)
