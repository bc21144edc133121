"""One record's page: its neighbors, what differs from another one, and files to take."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from journal.dumps.reading import DumpReader
from journal.ledger.related import (
    RelatedRecords,
    find_neighbors,
    find_previous_similar,
    find_related,
)
from journal.ledger.rows import ledger_row
from journal.models import LedgerRow
from journal.wire.messages import Action, ContentIdKey, ContentIdValue, Message
from tests.journals import apply_to_database, record
from tests.own_node import Client
from tests.publishing import (
    artifact_rule,
    delete_artifact,
    group,
    new_artifact,
    new_content,
    new_version,
    role,
)

ARTIFACTS = "/apis/registry/v2/groups/shop/artifacts"


def row(offset: int) -> LedgerRow:
    result = ledger_row(0, offset)
    assert result is not None
    return result


def places(line: RelatedRecords) -> tuple[int | None, ...]:
    ends = (line.first, line.previous, line.next, line.last)
    return tuple(None if item is None else item.offset for item in ends)


@pytest.fixture
def journal(each_database: str) -> None:
    """Two artifacts by turns, a role, and one request with two records."""
    messages = [
        Message(ContentIdKey("_", "u"), ContentIdValue(Action.CREATE)),
        new_content(1, "a"),
        new_artifact("orders", 1, "a"),
        new_artifact("others", 2, "a"),
        new_version("orders", 3, "a"),
        role(Action.CREATE),
        artifact_rule("orders", Action.CREATE),
        group(Action.CREATE, "elsewhere"),
        role(Action.UPDATE),
        delete_artifact("orders"),
    ]
    apply_to_database([record(item, offset) for offset, item in enumerate(messages)])
    shared = "11111111-0000-4000-8000-000000000000"
    apply_to_database([
        record(new_content(2, "b"), 20, shared),
        record(new_artifact("last", 4, "b"), 21, shared),
    ])


@pytest.mark.usefixtures("journal")
def test_an_artifact_leads_along_its_records() -> None:
    (line, *_) = find_related(row(4))
    assert (line.name, line.description, line.position, line.count) == (
        "artifact",
        "artifact g/orders",
        2,
        4,
    )
    assert places(line) == (2, 2, 6, 9)
    assert places(find_related(row(9))[0]) == (2, 6, None, None)
    assert [item.name for item in find_related(row(3))] == ["content"]


@pytest.mark.usefixtures("journal")
def test_an_id_leads_from_its_draw_to_its_uses() -> None:
    (line, _) = find_related(row(1))
    assert (line.name, line.position, line.count, places(line)) == ("content", 2, 5, (0, 0, 2, 4))
    assert not line.is_near


@pytest.mark.usefixtures("journal")
def test_a_record_of_no_artifact_leads_along_its_type() -> None:
    (line,) = find_related(row(8))
    assert (line.description, line.position, line.count) == ("type RoleMapping", 2, 2)
    assert find_related(row(7)) == ()


@pytest.mark.usefixtures("journal")
def test_a_request_leads_along_all_its_records() -> None:
    named = {line.name: line for line in find_related(row(20))}
    assert places(named["request"]) == (None, None, 21, 21)


@pytest.mark.usefixtures("journal")
def test_offsets_lead_on_across_a_gap() -> None:
    before, after = find_neighbors(row(9))
    assert before is not None
    assert after is not None
    assert (before.offset, after.offset) == (8, 20)
    assert find_neighbors(row(0))[0] is None


@pytest.mark.usefixtures("journal")
def test_the_previous_similar_record_has_the_same_type_and_subject() -> None:
    result = find_previous_similar(row(9))
    assert result is not None
    assert result.offset == 4
    assert find_previous_similar(row(6)) is None
    roles = find_previous_similar(row(8))
    assert roles is not None
    assert roles.offset == 5


def upload(name: str, field: str) -> Any:
    fields = [{"name": field, "type": "string"}]
    body = json.dumps({"type": "record", "name": "r", "fields": fields})
    headers = {"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "AVRO"}
    made = Client().post(f"{ARTIFACTS}?ifExists=UPDATE", body, "application/json", headers=headers)
    assert made.status_code == 200, made.content
    return made.json()


def artifact_rows() -> list[LedgerRow]:
    return list(LedgerRow.objects.filter(artifact_id="a").order_by("id"))


def page(at: LedgerRow, query: str = "") -> HttpResponse:
    result = Client().get(f"/ui/journal/{at.partition}/{at.offset}{query}")
    assert isinstance(result, HttpResponse)
    return result


@pytest.mark.usefixtures("node")
def test_a_record_is_compared_with_another_and_their_contents_too() -> None:
    for name in ("x", "y"):
        upload("a", name)
    first, second = artifact_rows()
    shown = page(second)
    assert f"?with=0:{first.offset}" in shown.text
    compared = page(second, f"?with=0:{first.offset}")
    assert compared.status_code == 200
    assert f"0:{first.offset}</th>" in compared.text
    assert 'data-testid="sides"' in compared.text
    turned = page(first, f"?with={second.offset}")
    assert turned.text.count('class="changed"') == compared.text.count('class="changed"')


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("name", ["nonsense", "0:999999", "-1", "0:1,1:2", "9" * 30, "7:0"])
def test_an_unknown_record_to_compare_with_is_reported(name: str) -> None:
    upload("a", "x")
    (first,) = artifact_rows()
    refused = page(first, f"?with={name}")
    assert refused.status_code == 400
    assert "names no record" in refused.text
    assert f'value="{name}"' in refused.text


@pytest.mark.usefixtures("node")
def test_files_are_the_bytes_of_the_record() -> None:
    upload("a", "x")
    content = LedgerRow.objects.filter(content_id__isnull=False, artifact_id=None).get()
    line, key, value = (page(content, f"?part={part}") for part in ("line", "key", "value"))
    (back,) = DumpReader([line.content])
    assert (back.key, back.value) == (key.content, value.content)
    assert json.loads(page(content, "?part=content").content)["name"] == "r"
    assert "attachment" in value["Content-Disposition"]
    assert page(artifact_rows()[0], "?part=content").status_code == 404
    assert page(content, "?part=nonsense").status_code == 200


@pytest.mark.usefixtures("node")
def test_more_of_a_large_record_is_shown_on_request() -> None:
    upload("a", "x" * 50_000)
    content = LedgerRow.objects.filter(content_id__isnull=False, artifact_id=None).get()
    shown = page(content)
    assert len(shown.content) < 40_000
    assert "bytes are folded" in shown.text
    assert "Show the other" in shown.text
    number = shown.text.partition("?all=")[2].partition("#")[0]
    assert "x" * 50_000 in page(content, f"?all={number}").text
    assert "008000" in page(content, "?v=32768").text
    assert page(content, "?v=nonsense&k=-1&all=v99").status_code == 200


@pytest.mark.usefixtures("node")
def test_a_row_unfolds_to_less_than_the_page() -> None:
    upload("a", "x")
    (first,) = artifact_rows()
    part = page(first, "?part=detail")
    assert "<html" not in part.text
    assert 'data-half="0-' in part.text
    assert 'data-testid="lines"' not in part.text
