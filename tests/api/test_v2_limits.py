"""Limits of what is stored: each refuses before anything is said, and is told."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from journal.models import LedgerRow
from registry.limits import Limits
from tests.own_node import Client

V2 = "/apis/registry/v2"
G1 = f"{V2}/groups/g1/artifacts"
JSON = "application/json"


def schema(name: str = "X", doc: str = "") -> bytes:
    return json.dumps({"type": "record", "name": name, "doc": doc, "fields": []}).encode()


def create(artifact_id: str, content: bytes = schema(), path: str = G1) -> Any:
    return Client().post(
        path, content, content_type=JSON, headers={"X-Registry-ArtifactId": artifact_id}
    )


def change(**meta_data: Any) -> Any:
    return Client().put(f"{G1}/first/meta", json.dumps(meta_data), content_type=JSON)


@pytest.fixture
def limited(node: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets limits once there is one artifact."""
    assert create("first").status_code == 200

    def limit(**limits: int) -> None:
        monkeypatch.setattr(settings, "ANNALS_LIMITS", replace(Limits(), **limits))

    return limit


CASES: list[tuple[dict[str, int], Any, str]] = [
    ({"total_schemas_count": 1}, lambda: create("second"), "Versions in the registry: 2, and 1"),
    ({"total_schemas_count": 1}, lambda: create("v", path=f"{G1}/first/versions"), "Versions in"),
    ({"schema_size_bytes": 20}, lambda: create("second"), "Bytes of the content"),
    ({"artifacts_count": 1}, lambda: create("second"), "Artifacts in the registry: 2"),
    (
        {"versions_per_artifact_count": 1},
        lambda: create("v", path=f"{G1}/first/versions"),
        "Versions of the artifact: 2",
    ),
    ({"artifact_name_length_chars": 3}, lambda: create("s", schema("Long")), "of the name: 4"),
    ({"artifact_name_length_chars": 3}, lambda: change(name="Long"), "of the name: 4"),
    (
        {"artifact_description_length_chars": 3},
        lambda: change(description="Long"),
        "of the description: 4",
    ),
    ({"artifact_labels_count": 1}, lambda: change(labels=["a", "b"]), "Labels of the version: 2"),
    ({"label_size_bytes": 3}, lambda: change(labels=["ää"]), "label 'ää': 4"),
    (
        {"artifact_properties_count": 1},
        lambda: change(properties={"a": "1", "b": "2"}),
        "Properties of the version: 2",
    ),
    ({"property_key_size_bytes": 1}, lambda: change(properties={"ab": ""}), "key 'ab': 2"),
    ({"property_value_size_bytes": 1}, lambda: change(properties={"a": "bc"}), "property 'a': 2"),
]


@pytest.mark.kafka
@pytest.mark.parametrize(("limits", "write", "words"), CASES, ids=[each[2] for each in CASES])
def test_what_exceeds_a_limit_is_rejected(
    limits: dict[str, int], write: Any, words: str, limited: Any
) -> None:
    before = LedgerRow.objects.count()
    limited(**limits)
    answer = write()
    assert (answer.status_code, answer.json()["name"]) == (409, "LimitExceededException")
    assert words in answer.json()["message"]
    assert LedgerRow.objects.count() == before

    limited(**{name: limit + 100 for name, limit in limits.items()})
    assert write().status_code in {200, 204}


def test_limits_have_apicurio_s_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ANNALS_LIMITS", Limits(schema_size_bytes=7))
    told = Client().get(f"{V2}/system/limits").json()
    assert told.pop("maxSchemaSizeBytes") == 7
    assert len(told) == 11
    assert set(told.values()) == {-1}
