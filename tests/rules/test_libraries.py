"""The rule work of a type loads its own libraries and no other type's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from registry.artifact_types import ARTIFACT_TYPES

ROOT = Path(__file__).parents[2]
LIBRARIES = {
    "AVRO": set(),
    "JSON": {"jsonschema_rs"},
    "PROTOBUF": {"google.protobuf"},
    "OPENAPI": {"jsonschema_rs"},
    "ASYNCAPI": {"jsonschema_rs"},
    "GRAPHQL": {"graphql"},
    "KCONNECT": {"jsonschema_rs"},
    "XSD": {"xmlschema"},
    "WSDL": {"xmlschema"},
    "XML": set(),
}
ALL = {"jsonschema_rs", "google.protobuf", "graphql", "xmlschema", "jsonschema", "fastavro"}
_SCRIPT = """
import json, sys
from registry.artifact_types import detect_type, get_artifact_type
from registry.artifact_types.checks import Direction, Document
detect_type(b'{"type": "string"}')
before = sorted(sys.modules)
checks = get_artifact_type(sys.argv[1]).load_checks()
document = Document(b'{"type": "string"}')
checks.violations(document)
if checks.incompatibilities is not None:
    checks.incompatibilities(document, document, Direction.BACKWARD)
if checks.unresolved_references is not None:
    checks.unresolved_references(document, ())
print(json.dumps([before, sorted(sys.modules)]))
"""


@pytest.mark.parametrize("kind", LIBRARIES)
def test_checks_load_only_their_own_libraries(kind: str) -> None:
    process = subprocess.run(
        [sys.executable, "-c", _SCRIPT, kind], cwd=ROOT, capture_output=True, check=True, text=True
    )
    before, after = (set(each) & ALL for each in json.loads(process.stdout))
    assert before == set()
    assert after == LIBRARIES[kind]


def test_support_for_comparison_is_known_without_imports() -> None:
    for kind in ARTIFACT_TYPES:
        assert kind.supports_comparison == (kind.load_checks().incompatibilities is not None), (
            kind.name
        )
