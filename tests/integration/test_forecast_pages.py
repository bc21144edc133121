"""The pages that foresee: asked by a form, shown while at work, answered with lists."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from dashboard.health import forecast
from journal.forecast.forecast import Forecast
from tests.journals import DATA
from tests.nodes import node_running
from tests.tools import load
from tests.waiting import until

BUG = DATA / "journals" / "bug-before.jsonl"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def incident(broker: str, sqlite_database: str) -> Iterator[str]:
    """A node on a topic that holds the incident's journal before it was compacted."""
    name = load(BUG)
    with node_running(broker, name):
        yield name


def asked(client: Client, **fields: str) -> str:
    """Where the answer is, once it is there."""
    answer = client.post("/ui/health/foresee", fields)
    assert answer.status_code == 302
    until(lambda: b"data-again" not in client.get(answer["Location"]).content)
    return str(answer["Location"])


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_what_compaction_would_lose_is_listed(client: Client, incident: str) -> None:
    address = asked(client, what="compaction", horizon="end", assume="on")
    told = text_of(client, address)
    assert "5 of 13 records would go" in told
    assert "changes sequence contentId: value 3 → 1" in told
    assert "J03 error The sequences are behind the ids in use" in told
    assert "0:7 GlobalId draw a global id offset 11 has its key" in told
    assert 'href="/ui/journal/0/7"' in client.get(address).content.decode()
    assert address in client.get("/ui/health/foresee").content.decode()


def test_a_topic_that_is_kept_is_green(client: Client, incident: str) -> None:
    told = text_of(client, asked(client, what="compaction", horizon="end"))
    assert "Nothing would go. The topic is not compacted: its cleanup.policy is delete." in told
    told = text_of(client, asked(client, what="retention", by="2100-01-01T00:00"))
    assert "Nothing would go. Retention has no limit here" in told


def test_retention_is_tried_with_a_limit_of_ones_own(client: Client, incident: str) -> None:
    told = text_of(client, asked(client, what="retention", by="2100-01-01T00:00", ms="1000"))
    assert "13 of 13 records would go" in told
    assert "lost artifact" in told


def test_a_field_that_makes_no_sense_is_named(client: Client, incident: str) -> None:
    for fields, reason in (
        ({"what": "retention", "by": "soon"}, "is no date"),
        ({"what": "retention", "ms": "-1"}, "retention.ms is to be a whole number"),
    ):
        answer = client.post("/ui/health/foresee", fields)
        assert answer.status_code == 400
        assert reason in answer.content.decode()


def test_the_address_fills_the_form(client: Client, incident: str) -> None:
    page = client.get("/ui/health/foresee?what=retention&ms=77&by=2031-05-06T07:08")
    said = page.content.decode()
    assert 'value="77"' in said
    assert 'value="2031-05-06T07:08"' in said


def test_work_is_shown_while_it_is_done_and_can_be_canceled(
    client: Client, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work_for_ever(*arguments: object) -> Forecast:
        while True:
            arguments[2]("Simulating", 0.07)  # type: ignore[operator]

    monkeypatch.setattr(forecast, "forecast", work_for_ever)
    address = client.post("/ui/health/foresee", {"what": "compaction"})["Location"]
    until(lambda: "Simulating, 7 %" in text_of(client, address))
    refused = client.post("/ui/health/foresee", {"what": "compaction"})
    assert refused.status_code == 409
    assert address in refused.content.decode()
    assert client.post(f"{address}/cancel").status_code == 302
    until(lambda: "This was canceled." in text_of(client, address))


def test_a_broker_that_is_gone_is_told(client: Client, incident: str) -> None:
    with override_settings(JOURNAL_TOPIC="tools-not-there"):
        told = text_of(client, asked(client, what="compaction"))
    assert "tools-not-there" in told


def test_an_answer_that_is_not_kept_is_not_found(client: Client, incident: str) -> None:
    answer = client.get(f"/ui/health/foresee/{uuid4()}")
    assert answer.status_code == 404


def test_forms_need_their_token(incident: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/ui/health/foresee", {"what": "compaction"}).status_code == 403


def test_long_lists_have_pages(client: Client, broker: str, sqlite_database: str) -> None:
    with node_running(broker, load(DATA / "journals" / "2.6.13.jsonl")):
        address = asked(client, what="compaction", horizon="end", assume="on")
        first, second = text_of(client, address), text_of(client, f"{address}?removed=2")
        assert "Records that would go 56" in first
        assert "Page 1 of 2" in first
        assert first.count("0:") == 50
        assert "Page 2 of 2" in second
        assert first.count("of 177 records would go") == second.count("of 177 records would go")
