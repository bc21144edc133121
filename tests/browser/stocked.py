"""A guarded node with something on each of its pages, and the three people who look at them."""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.people import PASSWORD, users_file
from tests.journals import DATA, load_to_topic, read_journal
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving
from tests.waiting import until
from tests.web import http_client

#: The content that the journal of the incident has without this record: a finding says so.
_LOST_AT = 6
LOST_HASH = "edc351831a60539d904157020074ef1043868247fb8641e5cf4356407245dd32"

_OF_EACH_TYPE = 8

ORDER_FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "long", "doc": "Drawn by the shop"},
    {"name": "customer", "type": "string"},
    {"name": "total", "type": "double", "default": 0},
]
CURRENCY = {"name": "currency", "type": "string", "default": "EUR"}
#: What the third version keeps of these; it refers to another artifact besides.
ORDER_NOW = [ORDER_FIELDS[0], ORDER_FIELDS[2], CURRENCY]
_DOC = "An order as the shop takes it"


def avro(name: str, fields: list[dict[str, Any]], doc: str = "") -> str:
    record = {"type": "record", "name": name, "namespace": "shop", "doc": doc, "fields": fields}
    return json.dumps(record, indent=2)


@dataclass
class Stocked:
    """`ids` are those of work and snapshots, by the name of the address that shows them."""

    node: NodeProcess
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.node.url

    def client(self, name: str = "anna") -> httpx.Client:
        """Return a client of REST and of pages, with a password in each request."""
        client = http_client(self.url)
        client.auth = (name, PASSWORD)
        return client


@contextmanager
def guarded_by_passwords(folder: Path, kafka: str, topic: str) -> Iterator[NodeProcess]:
    """Start a node whose users are PEOPLE."""
    options = {
        "ANNALS_ACCESS": "basic",
        "ANNALS_USERS_FILE": str(users_file(folder)),
        # What the incident left is of an older dialect, which knows no references.
        "JOURNAL_FORMAT_VERSION": "2.6",
    }
    with serving(folder, kafka, topic, **options) as process:
        yield process


@pytest.fixture(scope="session")
def stocked(shop: Stocked) -> Stocked:
    """The shop with more beside it: every page has something to show."""
    with shop.client() as client:
        _fill(client)
        _begin_work(client, shop.ids, shop.node.environment["JOURNAL_TOPIC"])
    return shop


@pytest.fixture(scope="session")
def shop(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stocked]:
    """The artifacts of a shop on what the incident left; one for all tests."""
    topic = new_topic(kafka)
    whole = read_journal(DATA / "journals" / "bug-before.jsonl")
    load_to_topic(kafka, topic, [each for each in whole if each.offset != _LOST_AT])
    with guarded_by_passwords(tmp_path_factory.mktemp("stocked"), kafka, topic) as node:
        found = Stocked(node)
        with found.client() as client:
            upload_orders(client)
        yield found


def _fill(client: httpx.Client) -> None:
    upload_real_schemas(client, _OF_EACH_TYPE)
    rule = {"type": "VALIDITY", "config": "SYNTAX_ONLY"}
    assert client.post(f"{_V2}/admin/rules", json=rule).status_code == 204
    role = {"principalId": "otto", "role": "DEVELOPER", "principalName": "Otto"}
    assert client.post(f"{_V2}/admin/roleMappings", json=role).status_code == 204


_V2 = "/apis/registry/v2"
_ORDER = f"{_V2}/groups/shop/artifacts/order"


def upload_real_schemas(client: httpx.Client, of_each_type: int) -> None:
    for folder in sorted((DATA / "schemas").iterdir()):
        files = sorted(each for each in folder.rglob("*") if each.is_file())
        for file in files[:of_each_type]:
            headers = {
                "X-Registry-ArtifactId": file.stem,
                "X-Registry-ArtifactType": folder.name.upper(),
                "Content-Type": "application/octet-stream",
            }
            answer = client.post(
                f"{_V2}/groups/{folder.name}/artifacts",
                params={"ifExists": "RETURN_OR_UPDATE"},
                content=file.read_bytes(),
                headers=headers,
            )
            assert answer.status_code == 200, (file, answer.text)


def upload_orders(client: httpx.Client) -> None:
    """Versions, states, metadata, a reference, a comment and a rule, as a shop would have them."""
    customer = {
        "groupId": "shop",
        "artifactId": "customer",
        "version": "1",
        "name": "shop.Customer",
    }
    _made(client, "customer", avro("Customer", [{"name": "name", "type": "string"}]))
    _made(client, "order", avro("Order", ORDER_FIELDS, _DOC))
    whole = [*ORDER_NOW, {"name": "by", "type": ["null", "shop.Customer"], "default": None}]
    for fields, references in (([*ORDER_FIELDS, CURRENCY], []), (whole, [customer])):
        answer = client.post(
            f"{_ORDER}/versions",
            json={"content": avro("Order", fields, _DOC), "references": references},
            headers={"Content-Type": "application/create.extended+json"},
        )
        assert answer.status_code == 200, answer.text
    about = {
        "name": "Order",
        "description": _DOC,
        "labels": ["pii", "billing"],
        "properties": {"team": "payments"},
    }
    said = [
        client.put(f"{_ORDER}/meta", json=about),
        client.put(f"{_ORDER}/versions/1/state", json={"state": "DEPRECATED"}),
        client.post(f"{_ORDER}/rules", json={"type": "COMPATIBILITY", "config": "BACKWARD"}),
        client.post(
            f"{_ORDER}/versions/3/comments",
            content=json.dumps({"value": "Customers are known by name alone for now."}),
            headers={"Content-Type": "application/json"},
        ),
    ]
    for answer in said:
        assert answer.status_code in {200, 204}, answer.text


def _made(client: httpx.Client, artifact_id: str, content: str) -> None:
    answer = client.post(
        f"{_V2}/groups/shop/artifacts",
        content=content,
        headers={
            "X-Registry-ArtifactId": artifact_id,
            "X-Registry-ArtifactType": "AVRO",
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code == 200, answer.text


def _token(client: httpx.Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": client.cookies["csrftoken"]}


def _begin_work(client: httpx.Client, ids: dict[str, str], topic: str) -> None:
    """Of each kind one, to its end."""
    client.get("/ui/snapshots")
    ids["simulation-result"] = _work(
        client, "/ui/health/foresee", {"what": "compaction", "assume": "on"}
    )
    ids["new-journal-job"] = _work(
        client, "/ui/health/mend/journal", {"topic": f"{topic}-new", "dialect": ""}
    )
    ids["snapshot-job"] = _work(client, "/ui/snapshots/comparison", {"from": "3", "to": ""})
    export = (DATA / "exports" / "sample-2.6.13.zip").read_bytes()
    ids["import-job"] = _work(client, "/ui/import", {}, {"file": export})
    _work(client, "/ui/snapshots/moment", {"at": "12"})
    page = client.get("/ui/snapshots").text
    found = re.search(r'href="/at/([^/"]+)/ui/artifacts"', page)
    assert found is not None, page
    ids["snapshot"] = found[1]
    ids["repair-result"] = _mended(client, topic)
    ids["bulk-upload-plan"] = _work(client, "/ui/several", {"group": "shop"}, {"file": _archive()})


def _archive() -> bytes:
    """Two artifacts of one upload."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("Refund", "Invoice"):
            archive.writestr(f"{name.lower()}.avsc", avro(name, ORDER_FIELDS))
    return made.getvalue()


def _work(
    client: httpx.Client,
    address: str,
    form: dict[str, str],
    files: dict[str, bytes] | None = None,
) -> str:
    """The id of work that has ended."""
    begun = client.post(address, data={**form, **_token(client)}, files=files)
    assert begun.status_code == 302, begun.text
    work = begun.headers["Location"]

    def has_ended() -> bool:
        page = client.get(work)
        return page.status_code == 302 or "data-again" not in page.text

    until(has_ended)
    return str(work.rpartition("/")[2])


def _mended(client: httpx.Client, topic: str) -> str:
    """The id of a mending: the sequence of comments moved on by two."""
    page = client.get("/ui/health/mend/move?sequence=commentId").text
    standing = re.search(r"It stands at (\d+)", page)
    assert standing is not None, page
    address = f"/ui/health/mend/move?sequence=commentId&to={int(standing[1]) + 2}"
    preview = client.get(address).text
    hidden = dict(re.findall(r'name="(seed|fingerprint)" value="([^"]*)"', preview))
    form = {name: html.unescape(value) for name, value in hidden.items()}
    done = client.post(address, data={**form, "topic": topic, **_token(client)})
    assert done.status_code == 302, done.text
    return str(done.headers["Location"].rpartition("/")[2])
