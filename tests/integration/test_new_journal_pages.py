"""A new journal from the page: previewed, written, verified by a replay, and the next steps."""

from collections.abc import Iterator

import pytest

from journal.health.state_digest import state_digest
from tests.journals import DATA
from tests.nodes import node_running
from tests.own_node import Client
from tests.tools import call, load, new_name
from tests.waiting import until
from tests.web import text_of

_FORM = "/ui/health/mend/journal"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture(params=["bug-before"])
def own(request: pytest.FixtureRequest, broker: str, sqlite_database: str) -> Iterator[str]:
    name = load(DATA / "journals" / f"{request.param}.jsonl")
    with node_running(broker, name):
        yield name


def post_and_wait(client: Client, address: str, **fields: str) -> str:
    begun = client.post(address, fields)
    assert begun.status_code == 302, begun.content.decode()
    until(lambda: b"data-again" not in client.get(begun["Location"]).content)
    return str(begun["Location"])


def test_a_new_journal_is_previewed_written_and_verified(client: Client, own: str) -> None:
    assert _FORM in client.get("/ui/health").content.decode()
    topic = new_name()
    look = post_and_wait(client, _FORM, topic=topic)
    preview = text_of(client, look)
    assert f"on the new topic {topic}" in preview
    assert "stop all writers before you go on" in preview
    assert topic not in call("replay", "--topic", own)
    assert client.post(f"{look}/write", {"topic": "other"}).status_code == 409

    written = text_of(client, post_and_wait(client, f"{look}/write", topic=topic))
    assert "It is written, and it is what was meant." in written
    assert f"the state digest is {state_digest().value}, this node's own" in written
    assert f"set JOURNAL_TOPIC={topic}" in written
    assert state_digest().value in call("replay", "--topic", topic)
    again = client.post(_FORM, {"topic": topic})
    assert again.status_code == 409
    assert "records already" in again.content.decode()


@pytest.mark.parametrize("own", ["2.6.13"], indirect=True)
def test_the_losses_of_an_older_dialect_are_reported_first(client: Client, own: str) -> None:
    preview = text_of(client, post_and_wait(client, _FORM, topic=new_name(), dialect="2.1.4"))
    assert "in dialect 2.1.4" in preview
    assert "What will differ:" in preview


def test_the_own_journal_and_no_topic_are_rejected(client: Client, own: str) -> None:
    refused = client.post(_FORM, {"topic": own})
    assert refused.status_code == 409
    assert "the journal that this node follows" in refused.content.decode()
    assert client.post(_FORM, {}).status_code == 400
    assert Client(enforce_csrf_checks=True).post(_FORM, {"topic": "x"}).status_code == 403
