"""The tabs of a version whose content nothing can be made of."""

import pytest

from registry.artifact_types import ARTIFACT_TYPES
from tests.own_node import Client

pytestmark = pytest.mark.usefixtures("shared_node")

TABS = ("", "/documentation", "/references", "/history", "/compare", "/use", "/rules", "/comments")


@pytest.mark.parametrize("kind", [known.name for known in ARTIFACT_TYPES])
def test_an_unreadable_content_has_all_tabs(kind: str) -> None:
    content, name = b"\x00\xff<{", f"{kind}-unreadable"
    created = Client().post(
        "/apis/registry/v2/groups/odd/artifacts",
        content,
        content_type="application/octet-stream",
        headers={"X-Registry-ArtifactType": kind, "X-Registry-ArtifactId": name},
    )
    assert created.status_code == 200, created.content
    for tab in TABS:
        page = Client().get(f"/ui/artifacts/odd/{name}/versions/1{tab}")
        assert page.status_code == 200, tab
