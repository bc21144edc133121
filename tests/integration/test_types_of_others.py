"""Artifacts of a type that only another node knows are shown, whatever rules are in force."""

import pytest
from django.conf import settings
from msgspec.structs import replace

from journal.wire.messages import ArtifactValue, Message
from tests.journals import apply_to_database, records
from tests.own_node import Client
from tests.publishing import new_artifact, new_content


@pytest.mark.usefixtures("sqlite_database")
def test_the_page_of_a_version_tells_that_a_rule_has_nothing_to_look_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = new_artifact("price", 1, "struct Price {}")
    assert isinstance(made.value, ArtifactValue)
    made = Message(made.key, replace(made.value, artifact_type="THRIFT"))
    apply_to_database(records(new_content(1, "struct Price {}"), made))
    monkeypatch.setitem(settings.ANNALS_RULES, "COMPATIBILITY", "BACKWARD")

    page = Client().get("/ui/artifacts/g/price/versions/1")

    assert page.status_code == 200
    assert "This rule does nothing for THRIFT." in page.content.decode()
