"""The first records on an empty topic: only a write puts them there."""

import json

import pytest

from journal.models import LedgerRow
from tests.own_node import Client

ARTIFACTS = "/apis/registry/v2/groups/default/artifacts"
SCHEMA = json.dumps({"type": "record", "name": "Order", "fields": []})


def upload(query: str = "") -> int:
    answer = Client().post(
        ARTIFACTS + query, SCHEMA, "application/json", headers={"X-Registry-ArtifactId": "order"}
    )
    return answer.status_code


@pytest.mark.usefixtures("node")
def test_reads_and_dry_runs_publish_nothing() -> None:
    assert Client().get("/ui/admin/nodes").status_code == 200
    assert upload("?dryRun=true") == 204
    assert not LedgerRow.objects.exists()


@pytest.mark.usefixtures("node")
def test_the_first_write_publishes_which_generation_the_journal_is_of_and_the_next_do_not() -> None:
    assert upload() == 200
    assert upload("?ifExists=RETURN") == 200
    actions = LedgerRow.objects.order_by("offset").values_list("summary", flat=True)
    assert [summary for summary in actions if "pgrade" in summary] == [actions[0]]
