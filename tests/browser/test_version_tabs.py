"""The tabs of a version: what they tell, what is changed there, and what it is told it did."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.nodes import NodeProcess
from tests.web import http, http_client

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_API = "/apis/registry/v2"
_ORDER = "/ui/artifacts/shop/order/versions/latest"
_ID = {"name": "id", "type": "long", "doc": "Drawn by the shop"}
_SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"


def _record(*fields: object) -> dict[str, object]:
    return {"type": "record", "name": "Order", "namespace": "shop", "fields": list(fields)}


@pytest.fixture(scope="session")
def node(shared_node: NodeProcess) -> NodeProcess:
    """A node with shop/order in three versions, a real OpenAPI document, GitHub's schema."""
    with http_client(shared_node.url) as client:
        _stock(client)
    return shared_node


def _stock(client: httpx.Client) -> None:
    total = {"name": "total", "type": "double", "default": 0}
    versions = [
        _record(_ID, total),
        _record(_ID, total, {"name": "currency", "type": "string", "default": "EUR"}),
        _record(_ID, {"name": "total", "type": "string"}),
    ]
    _put(client, "shop", "order", json.dumps(versions[0]))
    for each in versions[1:]:
        answer = client.post(f"{_API}/groups/shop/artifacts/order/versions", json=each)
        assert answer.status_code == 200, answer.text
    _put(client, "apis", "pets", (_SCHEMAS / "openapi" / "petstore-expanded.json").read_text())
    _put(client, "apis", "github", (_SCHEMAS / "graphql" / "github.graphql").read_text())
    refer = {
        "content": json.dumps(_record({"name": "last", "type": "shop.Order"}) | {"name": "Cart"}),
        "references": [
            {"groupId": "shop", "artifactId": "order", "version": "2", "name": "shop.Order"}
        ],
    }
    answer = client.post(
        f"{_API}/groups/shop/artifacts",
        content=json.dumps(refer),
        headers={
            "X-Registry-ArtifactId": "cart",
            "X-Registry-ArtifactType": "AVRO",
            "Content-Type": "application/create.extended+json",
        },
    )
    assert answer.status_code == 200, answer.text


def _put(client: httpx.Client, group: str, artifact: str, content: str) -> None:
    answer = client.post(
        f"{_API}/groups/{group}/artifacts",
        content=content,
        headers={"X-Registry-ArtifactId": artifact, "Content-Type": "application/octet-stream"},
    )
    assert answer.status_code == 200, answer.text


@pytest.fixture
def visitor(windows: Windows, node: NodeProcess) -> Iterator[Visitor]:
    with visiting(windows, node.url) as visitor:
        yield visitor


def _expect_toast(page: Page) -> None:
    """The toast stays until it is closed or has been read."""
    expect(page.locator("[data-toasts] .toast").last).to_be_visible()


def test_a_content_of_one_line_is_laid_out_folds_and_has_addresses_of_lines(
    visitor: Visitor,
) -> None:
    page = visitor.open(_ORDER)
    content = page.get_by_test_id("ace-content")
    expect(content).to_contain_text('"name": "Order"')
    lines = content.locator(".line:visible")
    before = lines.count()
    content.locator(".fold").first.click()
    assert lines.count() < before
    page.get_by_role("link", name="YAML").click()
    expect(page.get_by_test_id("ace-content")).to_contain_text("name: Order")
    page.get_by_role("link", name="As stored").click()
    expect(page.get_by_test_id("ace-content").locator(".line")).to_have_count(1)
    page.goto(f"{_ORDER}?layout=json#L3")
    expect(page.locator("#L3")).to_be_in_viewport()


def test_documentation_lists_fields_and_operations_and_filters_them(visitor: Visitor) -> None:
    page = visitor.open(f"{_ORDER}/documentation")
    row = page.get_by_test_id("documentation").locator("tr", has_text="Drawn by the shop")
    expect(row).to_contain_text("long")
    page.goto("/ui/artifacts/apis/pets/versions/latest/documentation")
    body = page.get_by_test_id("documentation")
    body.locator(".doc-nav a", has_text="/pets/{id}").first.click()
    expect(body.locator("section:target")).to_contain_text("GET")
    page.goto("/ui/artifacts/apis/github/versions/latest/documentation")
    expect(page.get_by_test_id("documentation")).to_contain_text("Part 1 of")
    page.locator(".doc-nav [data-filters]").fill("WorkflowRun")
    link = page.locator(".doc-nav li:visible a", has_text="WorkflowRun").first
    link.click()
    expect(page).to_have_url(re.compile("part="))
    expect(page.locator("section:target")).to_be_visible()


def test_a_comparison_shows_what_each_change_breaks_beside_both_texts(visitor: Visitor) -> None:
    page = visitor.open(f"{_ORDER}/compare")
    expect(page.get_by_test_id("verdict-backward")).to_have_text("not backward compatible")
    changes = page.get_by_test_id("changes")
    expect(changes.locator("tr", has_text="Order.currency")).to_contain_text("removed")
    expect(changes.locator("tr", has_text="Order.total")).to_contain_text("double")
    expect(page.get_by_test_id("sides").locator("tr.removed, tr.changed").first).to_be_visible()
    page.get_by_test_id("compare-with").select_option("1")
    page.get_by_test_id("btn-compare").click()
    expect(page).to_have_url(re.compile("with=1"))
    page.goto("/ui/artifacts/shop/order/versions/2/compare?with=1")
    expect(page.get_by_test_id("verdict-backward")).to_have_text("backward compatible")


def test_metadata_state_and_owner_are_edited_in_place(visitor: Visitor) -> None:
    page = visitor.open("/ui/artifacts/shop/order/versions/2")
    page.get_by_test_id("artifact-btn-edit").click()
    dialog = page.locator("dialog#edit")
    dialog.get_by_test_id("form-name").fill("The order")
    dialog.get_by_test_id("form-labels").fill("pii, billing")
    dialog.locator("[name=properties]").fill("team=payments")
    dialog.locator("[name=state]").select_option("DEPRECATED")
    dialog.get_by_test_id("modal-btn-edit").click()
    _expect_toast(page)
    about = page.locator("[data-part=about]")
    expect(about).to_contain_text("payments")
    expect(about).to_contain_text("billing")
    expect(about.locator(".state-tag").first).to_have_text("deprecated")
    expect(page.locator("h1")).to_contain_text("The order")


def test_a_property_without_a_value_is_rejected_and_changes_nothing(
    visitor: Visitor,
) -> None:
    page = visitor.open("/ui/artifacts/shop/order/versions/1/edit")
    page.get_by_test_id("form-name").fill("Another")
    page.locator("[name=properties]").fill("no sign here")
    page.get_by_test_id("modal-btn-edit").click()
    expect(page.get_by_test_id("form-edit")).to_contain_text("this is none: no sign here")
    page.goto("/ui/artifacts/shop/order/versions/1")
    expect(page.locator("h1")).not_to_contain_text("Another")


def test_a_rule_shows_its_impact_before_it_is_set(visitor: Visitor) -> None:
    page = visitor.open(f"{_ORDER}/rules")
    page.get_by_test_id("rules-compatibility-config-backward").click()
    foreseen = page.get_by_test_id("foreseen")
    expect(foreseen).to_contain_text("would have refused 1 of 3 versions")
    expect(foreseen).to_contain_text("order v3")
    page.get_by_test_id("rule-set").click()
    _expect_toast(page)
    expect(page.get_by_test_id("rules-compatibility-config-toggle")).to_have_text("BACKWARD")
    page.get_by_test_id("rules-compatibility-disable").click()
    _expect_toast(page)
    expect(page.get_by_test_id("rules-compatibility-config-toggle")).to_have_count(0)


def test_a_comment_is_added_and_taken_away(visitor: Visitor) -> None:
    page = visitor.open("/ui/artifacts/shop/order/versions/1/comments")
    page.locator("#value").fill("Who uses this?\n<b>Nobody</b>")
    page.get_by_test_id("btn-comment").click()
    expect(page.get_by_test_id("comments")).to_contain_text("<b>Nobody</b>")
    page.get_by_test_id("comments").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("comments")).to_contain_text("No comments on this version yet")


def test_the_history_links_to_records_and_comparisons(visitor: Visitor) -> None:
    page = visitor.open(f"{_ORDER}/history")
    history = page.get_by_test_id("history")
    history.get_by_role("link", name="what changed since 1").click()
    expect(page).to_have_url(re.compile(r"/versions/2/compare\?with=1$"))
    page.goto(f"{_ORDER}/history")
    page.get_by_test_id("history").locator("li a").last.click()
    expect(page).to_have_url(re.compile("/ui/artifacts/shop/order/versions/1$"))


def test_references_are_shown_from_both_sides(visitor: Visitor) -> None:
    page = visitor.open("/ui/artifacts/shop/cart/versions/1/references")
    page.get_by_test_id("outbound").get_by_role("link").click()
    expect(page.get_by_test_id("inbound")).to_contain_text("shop / cart")


def test_snippets_name_this_very_version(visitor: Visitor) -> None:
    page = visitor.open("/ui/artifacts/shop/order/versions/2/use")
    expect(page.get_by_test_id("snippet-curl")).to_contain_text(
        f"{visitor.url}{_API}/groups/shop/artifacts/order/versions/2"
    )


def test_a_clients_command_is_shaped_by_a_form(visitor: Visitor) -> None:
    page = visitor.open("/ui/artifacts/apis/pets/versions/latest")
    page.get_by_test_id("artifact-btn-gen-client").click()
    page.get_by_test_id("form-client-name").fill("PetShop")
    page.get_by_test_id("form-include-patterns").fill("/pets/**, /owners")
    page.get_by_test_id("form-client-language").select_option("python")
    page.get_by_role("button", name="Show the command").click()
    command = page.get_by_test_id("snippet-client")
    expect(command).to_contain_text("--language python --class-name PetShop")
    expect(command).to_contain_text("--include-path '/pets/**' \\\n  --include-path /owners")
    expect(command).to_contain_text(f"{visitor.url}{_API}/groups/apis/artifacts/pets/versions/1")


def test_home_shows_counts_changes_rules_and_health_live(visitor: Visitor) -> None:
    cart = f"{visitor.url}{_API}/groups/shop/artifacts/cart"
    for number in range(10):
        assert http.put(cart, json={"type": "string", "doc": str(number)}).status_code == 200
    page = visitor.open("/ui/home")
    count = int(page.get_by_test_id("count-versions").inner_text())
    expect(page.get_by_test_id("changes").locator("li")).to_have_count(10)
    expect(page.get_by_test_id("chart")).to_be_visible()
    assert http.put(cart, json={"type": "string"}).status_code == 200
    expect(page.get_by_test_id("count-versions")).to_have_text(str(count + 1))
    expect(page.get_by_test_id("changes")).to_contain_text("update artifact cart")
    page.request.post(f"{_API}/admin/rules", data={"type": "VALIDITY", "config": "SYNTAX_ONLY"})
    page.reload()
    expect(page.get_by_test_id("home-rules")).to_contain_text("SYNTAX_ONLY")
    page.request.delete(f"{_API}/admin/rules")


@pytest.mark.parametrize(
    "tab", ["", "/documentation", "/references", "/rules", "/comments", "/history", "/compare"]
)
def test_no_tab_is_wider_than_a_telephone(visitor: Visitor, tab: str) -> None:
    page = visitor.open(f"{_ORDER}{tab}", width=360, scheme="dark")
    assert page.evaluate("document.scrollingElement.scrollWidth") == 360
