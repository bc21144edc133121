"""Protocol Buffers schemas, detected by the shape of their first statement."""

import re

from registry.artifact_types.base import (
    ArtifactType,
    extract_nothing,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.protobuf.dereferencing import dereference
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


def detects(candidate: Candidate) -> bool:
    if "x-protobuf" in candidate.content_type:
        return True
    return candidate.text is not None and _FIRST_STATEMENT.match(candidate.text) is not None


PROTOBUF = ArtifactType(
    name="PROTOBUF",
    title="Protobuf",
    media_type=_MEDIA_TYPE,
    detects=detects,
    detection_reason="its first statement is Protobuf",
    extract=extract_nothing,
    canonicalize=canonicalize,
    get_media_type=fixed_media_type(_MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
    supports_comparison=True,
    dereference=dereference,
)
