"""What the upload pages tell beforehand is what then happens: one content, and several at once."""

import html
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from dashboard.uploads import bulk_upload_plan, bulk_upload_store
from journal.commands import NewVersion, create_artifact, create_global_rule, store_item
from node.config.home import Home
from registry import queries
from registry.models import RuleType
from registry.references import Reference
from tests.own_node import Client, writer
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("node")]


def avro(name: str, **types: str) -> str:
    fields = [{"name": item, "type": kind} for item, kind in types.items()]
    return json.dumps(
        {"type": "record", "name": name, "namespace": "shop", "fields": fields}, indent=1
    )


@pytest.fixture(autouse=True)
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ANNALS_HOME", Home(tmp_path))


def words(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def preview(text: str, **form_fields: str) -> str:
    response = Client().post("/ui/upload/look", {"text": text, **form_fields})
    assert response.status_code == 200
    return words(response.content.decode())


def would_store(text: str, **form_fields: str) -> bool:
    response = Client().post("/ui/upload/look", {"text": text, **form_fields})
    return 'data-would-store="1"' in response.content.decode()


def test_the_preview_agrees_with_the_upload_whatever_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create_global_rule(writer(), RuleType.VALIDITY, "FULL")
    create_global_rule(writer(), RuleType.COMPATIBILITY, "BACKWARD")
    create_artifact(
        writer(),
        NewVersion(
            group_id="shop", artifact_id="order", type="AVRO", content=avro("Order").encode()
        ),
    )
    monkeypatch.setattr(settings, "ANNALS_LIMIT_CONTENT_BYTES", 3000)
    order = {"group": "shop", "id": "order", "as": "version"}
    tries: list[tuple[str, dict[str, str]]] = [
        (avro("New"), {"group": "shop", "id": "new"}),
        (avro("New"), {"group": "shop", "id": "order"}),
        (avro("Order", id="lon"), {"group": "shop", "id": "wrong"}),
        (avro("Order", id="long"), order),
        ('{"type": "record"', order),
        ("no schema", {}),
        ("", {}),
        (" " * 3001, {"type": "AVRO"}),
        (avro("Order"), {"id": "gone", "as": "version"}),
        (avro("Order"), {**order, "version": "1"}),
        (avro("Order"), {"id": "half", "ref_name": "x", "ref_group": "", "ref_artifact": ""}),
        (avro("Order"), {**order, "version": "1.1", "labels": "a, b,a"}),
        (avro("Order"), order),
    ]
    for text, fields in tries:
        expected = would_store(text, **fields)
        response = Client().post("/ui/upload", {"text": text, **fields})
        assert expected == (response.status_code == 302), (text, fields, preview(text, **fields))
    assert queries.version_meta("shop", "order", "1.1").labels == ("a", "b")


def test_the_preview_shows_type_artifact_references_and_changes() -> None:
    create_artifact(
        writer(),
        NewVersion(
            group_id="shop",
            artifact_id="shop.Money",
            type="AVRO",
            content=avro("Money", cents="long").encode(),
        ),
    )
    text = preview(avro("Order", total="shop.Money", other="shop.Gone"), group="shop")
    assert "AVRO JSON with an Avro type" in text
    assert "by its own name shop.Order" in text
    assert "shop.Money is shop/shop.Money 1" in text
    assert "shop.Gone (line 12): nothing of that name is here" in text
    assert "Line 12 There is no type" in text
    assert "None is in force" in text
    changed = preview(avro("Money"), group="shop", id="shop.Money", **{"as": "version"})
    assert "Creates version 2 of shop/shop.Money" in changed
    assert "removed Money.cents" in changed
    same = preview(avro("Money", cents="long"), group="shop", id="shop.Money", **{"as": "version"})
    assert "with the same content as version 1: nothing in it is new" in same
    exists = preview(avro("Money"), group="shop", id="shop.Money")
    assert "shop/shop.Money exists already. It could become its version 2" in exists


def test_found_references_are_added_without_scripts_and_stored() -> None:
    create_artifact(
        writer(),
        NewVersion(
            group_id="shop", artifact_id="shop.Money", type="AVRO", content=avro("Money").encode()
        ),
    )
    text = avro("Order", total="shop.Money")
    page = (
        Client().post("/ui/upload", {"text": text, "group": "shop", "do": "map"}).content.decode()
    )
    assert 'name="ref_artifact" maxlength="512" value="shop.Money"' in page
    reference = {"ref_name": "shop.Money", "ref_group": "shop", "ref_artifact": "shop.Money"}
    form = {"text": text, "group": "shop", "id": "order", **reference, "ref_version": "1"}
    assert Client().post("/ui/upload", form).status_code == 302
    assert queries.version_meta("shop", "order").references == (
        Reference("shop", "shop.Money", "1", "shop.Money"),
    )


def upload_files(**files: str) -> str:
    """The address of its plan; `_` in names stands for a dot."""
    uploaded = [
        SimpleUploadedFile(name.replace("_", "."), text.encode()) for name, text in files.items()
    ]
    response = Client().post("/ui/several", {"file": uploaded, "group": "shop"})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def plan(address: str, **form_fields: str) -> str:
    if form_fields:
        Client().post(address, form_fields)
    page = Client().get(f"{address}?again=1").content.decode()
    return words(page)


def start_upload(address: str) -> str:
    response = Client().post(f"{address}/begin", {})
    assert response.status_code == 302, response.content.decode()
    return words(until(lambda: page_at_the_end(address)))


def page_at_the_end(address: str) -> str:
    """Of a run; empty while it goes on."""
    page = Client().get(address).content.decode()
    return "" if 'id="part"' in page else page


def test_several_files_are_stored_in_their_order_with_their_references() -> None:
    create_global_rule(writer(), RuleType.VALIDITY, "FULL")
    create_global_rule(writer(), RuleType.INTEGRITY, "FULL")
    address = upload_files(
        a_order_avsc=avro("Order", total="shop.Money"),
        b_money_avsc=avro("Money", of="shop.Country"),
        c_country_avsc=avro("Country"),
    )
    text = plan(address)
    assert "3 would be stored, in this order" in text
    assert text.index("c.country.avsc") < text.index("b.money.avsc") < text.index("a.order.avsc")
    assert "All of it is stored" in start_upload(address)
    assert queries.version_meta("shop", "shop.Order").references == (
        Reference("shop", "shop.Money", "1", "shop.Money"),
    )
    again = upload_files(
        c_country_avsc=avro("Country"), b_money_avsc=avro("Money", of="shop.Country")
    )
    assert "2 are there already" in plan(again)
    changed = upload_files(
        b_money_avsc=avro("Money", of="shop.Country"), c_country_avsc=avro("Country", id="long")
    )
    text = plan(changed)
    assert "version 2 of shop/shop.Country" in text
    assert "version 2 of shop/shop.Money" in text
    assert "All of it is stored" in start_upload(changed)
    assert queries.version_meta("shop", "shop.Money").references[0].version == "2"


def test_nothing_is_stored_while_any_file_would_be_refused() -> None:
    create_global_rule(writer(), RuleType.VALIDITY, "FULL")
    loop = '{"$schema": "http://json-schema.org/draft-07/schema#", "items": {"$ref": "%s"}}'
    address = upload_files(
        wrong_avsc=avro("Wrong", id="lon"),
        user_avsc=avro("User", of="shop.Wrong"),
        one_json=loop % "two.json",
        two_json=loop % "one.json",
        read_md="Read me",
    )
    text = plan(address)
    assert "5 of them would be refused" in text
    assert "There is no type" in text
    assert "It refers to wrong.avsc, which can't be stored" in text
    assert "one.json → two.json → one.json" in text
    assert "The type can't be told" in text
    assert Client().post(f"{address}/begin", {}).status_code == 409
    assert queries.count_artifacts() == 0
    left = {f"id-{at}": "x" for at in range(5)} | {f"leave-{at}": "on" for at in range(5)}
    assert "Nothing is left to store" in plan(address, **left)


def test_a_run_that_stops_shows_what_is_stored_and_can_be_continued(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = upload_files(a_avsc=avro("A"), b_avsc=avro("B"), c_avsc=avro("C"))
    assert "3 would be stored" in plan(address)
    count = iter(range(10))

    def failing(*of: Any) -> Any:
        if next(count) == 1:
            create_artifact(
                writer(),
                NewVersion(
                    group_id="shop", artifact_id="shop.B", type="AVRO", content=avro("Z").encode()
                ),
            )
        return store_item(*of)

    with monkeypatch.context() as patched:
        patched.setattr(bulk_upload_plan, "store_item", failing)
        text = start_upload(address)
    assert "1 stored, 0 were there already, 2 not stored" in text
    assert "not stored: An artifact with ID 'shop.B'" in text
    assert "a.avsc shop/shop.A version 1 stored" in text
    text = plan(address)
    assert "is there already, as version 1" in text
    assert "version 2 of shop/shop.B" in text
    assert "2 stored, 1 was there already" in start_upload(address)
    assert Client().post(f"{address}/drop").status_code == 302
    assert Client().get(address).status_code == 404


def test_a_zip_sent_to_the_page_for_one_content_is_planned() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("s/money.avsc", avro("Money"))
        archive.writestr("../evil.avsc", avro("Evil"))
    uploaded = SimpleUploadedFile("schemas.bin", file.getvalue())
    response = Client().post("/ui/upload", {"file": uploaded})
    assert response.status_code == 302
    page = Client().get(response["Location"]).content.decode()
    assert "s/money.avsc" in page
    assert "1 left out while reading" in page
    stored = [item.name for item in settings.ANNALS_HOME.uploads.rglob("*") if item.is_file()]
    assert sorted(stored) == ["0", "bundle.json"]


def test_a_plan_is_visible_to_its_owner_only_and_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    address = upload_files(a_avsc=avro("A"))
    folder = next(settings.ANNALS_HOME.uploads.iterdir())
    document = folder / "bundle.json"
    mine = document.read_bytes()
    document.write_bytes(mine.replace(b'"owner":""', b'"owner":"ada"'))
    assert Client().get(address).status_code == 404
    document.write_bytes(mine)
    assert Client().get(address).status_code == 200
    monkeypatch.setattr(bulk_upload_store, "_MAX_AGE_S", 0)
    assert Client().get(address).status_code == 404
    upload_files(b_avsc=avro("B"))
    assert not folder.exists()
