"""The pages that foresee: result_address by a form, shown while at work, answered with lists."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings

from dashboard.health import forecast
from journal.forecast.forecast import Forecast
from journal.journal import Journal
from journal.kafka.topics import KafkaTopic
from tests.journals import DATA
from tests.nodes import node_running
from tests.own_node import Client, in_use
from tests.tools import load
from tests.waiting import until
from tests.web import text_of

BUG = DATA / "journals" / "bug-before.jsonl"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def incident(broker: str, sqlite_database: str) -> Iterator[str]:
    """Run a node on the incident's journal before it was compacted, and return the topic."""
    name = load(BUG)
    with node_running(broker, name):
        yield name


def result_address(client: Client, **fields: str) -> str:
    """Start a job, wait for its end, and return the address of the result."""
    response = client.post("/ui/health/foresee", fields)
    assert response.status_code == 302
    until(lambda: b"data-again" not in client.get(response["Location"]).content)
    return str(response["Location"])


def test_the_losses_of_a_compaction_are_listed(client: Client, incident: str) -> None:
    address = result_address(client, what="compaction", horizon="end", assume="on")
    text = text_of(client, address)
    assert "5 of 13 records would go" in text
    assert "changes sequence contentId: value 3 → 1" in text
    assert "J03 error The sequences are behind the ids in use" in text
    assert "0:7 GlobalId draw a global id offset 11 has its key" in text
    assert 'href="/ui/journal/0/7"' in client.get(address).content.decode()
    assert address in client.get("/ui/health/foresee").content.decode()


def test_a_topic_without_cleanup_is_green(client: Client, incident: str) -> None:
    text = text_of(client, result_address(client, what="compaction", horizon="end"))
    assert "Nothing would go. The topic is not compacted: its cleanup.policy is delete." in text
    text = text_of(client, result_address(client, what="retention", by="2100-01-01T00:00"))
    assert "Nothing would go. Retention has no limit here" in text


def test_retention_is_simulated_with_another_limit(client: Client, incident: str) -> None:
    text = text_of(
        client, result_address(client, what="retention", by="2100-01-01T00:00", ms="1000")
    )
    assert "13 of 13 records would go" in text
    assert "lost artifact" in text


def test_an_invalid_field_is_named(client: Client, incident: str) -> None:
    for fields, reason in (
        ({"what": "retention", "by": "soon"}, "is no date"),
        ({"what": "retention", "ms": "-1"}, "retention.ms is to be a whole number"),
    ):
        response = client.post("/ui/health/foresee", fields)
        assert response.status_code == 400
        assert reason in response.content.decode()


def test_the_address_fills_the_form(client: Client, incident: str) -> None:
    page = client.get("/ui/health/foresee?what=retention&ms=77&by=2031-05-06T07:08")
    text = page.content.decode()
    assert 'value="77"' in text
    assert 'value="2031-05-06T07:08"' in text


def test_work_is_shown_while_it_is_done_and_can_be_canceled(
    client: Client, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work_for_ever(*arguments: object) -> Forecast:
        while True:
            arguments[2]("Simulating", 0.07)  # type: ignore[operator]

    monkeypatch.setattr(forecast, "forecast", work_for_ever)
    address = client.post("/ui/health/foresee", {"what": "compaction"})["Location"]
    until(lambda: "Simulating, 7 %" in text_of(client, address))
    response = client.post("/ui/health/foresee", {"what": "compaction"})
    assert response.status_code == 409
    assert address in response.content.decode()
    assert client.post(f"{address}/cancel").status_code == 302
    until(lambda: "This was canceled." in text_of(client, address))


def test_a_broker_that_is_gone_is_reported(client: Client, incident: str) -> None:
    missing = KafkaTopic(settings.KAFKA_PROPERTIES, "tools-not-there")
    with in_use(Journal(missing)):
        text = text_of(client, result_address(client, what="compaction"))
    assert "tools-not-there" in text


def test_a_result_that_expired_is_not_found(client: Client, incident: str) -> None:
    response = client.get(f"/ui/health/foresee/{uuid4()}")
    assert response.status_code == 404


def test_forms_need_their_token(incident: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/ui/health/foresee", {"what": "compaction"}).status_code == 403


def test_long_lists_have_pages(client: Client, broker: str, sqlite_database: str) -> None:
    with node_running(broker, load(DATA / "journals" / "2.6.13.jsonl")):
        address = result_address(client, what="compaction", horizon="end", assume="on")
        first, second = text_of(client, address), text_of(client, f"{address}?removed=2")
        assert "Records that would go 56" in first
        assert "Page 1 of 2" in first
        assert first.count("0:") == 50
        assert "Page 2 of 2" in second
        assert first.count("of 177 records would go") == second.count("of 177 records would go")
