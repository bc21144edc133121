"""Administration, home and health in a browser, as each role sees them on a guarded node."""

import json
import uuid
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.contrast import too_pale
from tests.browser.people import PEOPLE, users_file
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.guarded import guarded_node
from tests.issuer import Issuer
from tests.nodes import NodeProcess
from tests.web import http_client

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

ADMIN_PAGES = ("rules", "roles", "settings", "loggers", "nodes", "export")


def rest(node: NodeProcess, issuer: Issuer) -> httpx.Client:
    """As an administrator whom the environment names, whatever the journal says of roles."""
    return http_client(f"{node.url}/apis/registry/v2", issuer.bearer("root"))


@pytest.fixture(scope="module")
def node(
    kafka: str, kept_issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    """Roles are those of the journal: a viewer, a developer and an administrator."""
    folder = tmp_path_factory.mktemp("administration")
    options = {
        "ANNALS_ACCESS": "basic,oidc",
        "ANNALS_USERS_FILE": str(users_file(folder)),
        "ANNALS_ROLES_FROM": "application",
        "ANNALS_ADMIN_USER": "root",
    }
    with guarded_node(folder, kafka, kept_issuer, **options) as running:
        with rest(running, kept_issuer) as client:
            for name, role in PEOPLE.items():
                said = {"principalId": name, "role": role.value}
                assert client.post("/admin/roleMappings", json=said).is_success
            body = json.dumps({"type": "record", "name": "r", "fields": []})
            headers = {"X-Registry-ArtifactId": "order", "Content-Type": "application/json"}
            path = "/groups/shop/artifacts"
            assert client.post(path, content=body, headers=headers).is_success
        yield running


@pytest.fixture
def guest(windows: Windows, node: NodeProcess) -> Iterator[Visitor]:
    with visiting(windows, node.url) as found:
        yield found


def has_toast(page: Page, words: str) -> None:
    expect(page.get_by_test_id("toast")).to_have_text(words)


@pytest.mark.parametrize("name", ["vera", "dora"])
def test_non_administrators_see_why_a_page_is_locked(guest: Visitor, name: str) -> None:
    page = guest.open("/ui/admin", person=name)
    expect(page.get_by_role("main")).to_contain_text("it needs the role ADMIN")
    expect(page.get_by_role("main")).to_contain_text("An administrator can give it.")
    pages = page.get_by_role("navigation").first
    for word in ("Journal", "Tables", "Snapshots", "Admin"):
        locked = pages.locator(f"[data-off=nav-{word.lower()}]")
        expect(locked).to_have_attribute("aria-disabled", "true")
        expect(locked).to_contain_text("Who has the role ADMIN sees it")
    expect(page.get_by_test_id("nav-locks")).to_be_hidden()


def test_on_a_small_screen_one_lock_replaces_the_locked_pages(guest: Visitor) -> None:
    page = guest.open("/ui/home", person="vera", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator(".nav-off").first).to_be_hidden()
    page.get_by_test_id("nav-locks").click()
    expect(page.get_by_role("main")).to_contain_text("it needs the role ADMIN")


def test_health_shows_viewers_the_locked_actions(guest: Visitor) -> None:
    page = guest.open("/ui/health", person="vera")
    expect(page.get_by_test_id("topic-settings")).to_contain_text("cleanup.policy")
    expect(page.get_by_test_id("peers")).to_contain_text("this one")
    ways = page.get_by_test_id("health-ways")
    expect(ways.locator("[aria-disabled=true]")).to_have_count(3)
    expect(ways.get_by_role("link", name="Foresee")).to_have_attribute(
        "title", "Who has the role ADMIN does this."
    )
    admin = guest.open("/ui/health", person="anna")
    expect(admin.get_by_test_id("health-ways").locator("a")).to_have_count(3)


def test_home_links_to_what_each_role_may_do(guest: Visitor) -> None:
    page = guest.open("/ui/home", person="vera")
    expect(page.get_by_test_id("count-artifacts")).to_have_text("1")
    expect(page.get_by_test_id("changes")).to_contain_text("create artifact order")
    expect(page.locator("[data-off=btn-header-upload-artifact]")).to_be_visible()
    expect(page.get_by_text("The whole journal")).to_have_count(0)
    page.get_by_test_id("home-search").fill("order")
    page.get_by_test_id("home-search").press("Enter")
    page.wait_for_url("**/ui/artifacts?q=order*")
    admin = guest.open("/ui/home", person="anna")
    admin.get_by_text("The whole journal").click()
    admin.wait_for_url("**/ui/journal")


def test_roles_are_granted_changed_and_revoked(guest: Visitor) -> None:
    page = guest.open("/ui/admin/roles", person="anna")
    name = f"p{uuid.uuid4().hex[:6]}"
    page.get_by_test_id("btn-grant-access").click()
    page.get_by_test_id("form-principal").fill(name)
    page.get_by_test_id("form-role").select_option("DEVELOPER")
    page.get_by_test_id("modal-btn-grant").click()
    has_toast(page, f"{name} is DEVELOPER now.")
    row = page.get_by_test_id("role-mappings").locator("tr", has_text=name)
    row.get_by_role("combobox").select_option("READ_ONLY")
    row.get_by_test_id("btn-change-role").click()
    has_toast(page, f"{name} was DEVELOPER, and is READ_ONLY now.")
    row.get_by_test_id("btn-revoke").click()
    expect(page.get_by_test_id("ask-revoke")).to_contain_text(f"from {name}?")
    page.get_by_test_id("modal-btn-cancel").click()
    expect(row).to_be_visible()
    row.get_by_test_id("btn-revoke").click()
    page.get_by_test_id("modal-btn-revoke").click()
    has_toast(page, f"{name} is READ_ONLY no longer.")
    expect(row).to_have_count(0)


def test_administrators_do_not_lock_themselves_out(guest: Visitor) -> None:
    page = guest.open("/ui/admin/roles", person="anna")
    own = page.get_by_test_id("role-mappings").locator("tr", has_text="anna")
    expect(own).to_contain_text("you")
    expect(own.locator("[data-off=revoke]")).to_contain_text("your own role ADMIN")
    page.goto("/ui/admin/roles?revoke=anna")
    page.get_by_test_id("modal-btn-revoke").click()
    expect(page.get_by_test_id("refused")).to_contain_text("your own role ADMIN")
    page.goto("/ui/admin/roles")
    page.get_by_test_id("btn-grant-access").click()
    page.get_by_test_id("form-principal").fill("anna")
    page.get_by_test_id("form-role").select_option("READ_ONLY")
    page.get_by_test_id("modal-btn-grant").click()
    expect(page.get_by_test_id("wrong")).to_contain_text("your own role ADMIN")
    expect(page.get_by_test_id("form-principal")).to_have_value("anna")
    page.goto("/ui/admin/roles")
    expect(own).to_contain_text("ADMIN")


def test_settings_and_loggers_work_without_scripts(guest: Visitor) -> None:
    page = guest.open("/ui/admin/settings", person="anna", has_scripts=False)
    page.get_by_test_id("settings-filter").fill("expiry")
    page.get_by_test_id("settings-filter").press("Enter")
    expect(page.get_by_test_id("settings").locator("li")).to_have_count(1)
    page.get_by_label("Download link expiry").first.fill("soon")
    page.get_by_role("button", name="Set: Download").click()
    expect(page.get_by_test_id("wrong")).to_contain_text("whole number")
    expect(page.get_by_label("Download link expiry").first).to_have_value("soon")
    page.get_by_label("Download link expiry").first.fill("45")
    page.get_by_role("button", name="Set: Download").click()
    has_toast(page, "Download link expiry is 45 now, on every node.")
    page.get_by_role("button", name="Back to the default").click()
    page.goto("/ui/admin/loggers")
    page.get_by_test_id("form-logger").fill("api.v2")
    page.get_by_test_id("btn-set-logger").click()
    expect(page.get_by_test_id("loggers")).to_contain_text("api.v2")
    page.get_by_role("button", name="Follow the one above").click()
    expect(page.get_by_test_id("loggers")).to_have_count(0)


def test_the_export_is_shown_and_then_downloaded(guest: Visitor) -> None:
    page = guest.open("/ui/admin", person="anna")
    page.get_by_test_id("toolbar-export").click()
    expect(page.get_by_test_id("export-counts")).to_contain_text("Versions")
    with page.expect_download() as download:
        page.get_by_test_id("btn-export").click()
    assert download.value.path().read_bytes()[:2] == b"PK"
    page.get_by_test_id("toolbar-import").click()
    expect(page.get_by_test_id("form-import")).to_be_visible()


def test_the_impact_of_a_rule_is_previewed_before_it_is_set(guest: Visitor) -> None:
    page = guest.open("/ui/admin/rules?rule=VALIDITY&level=FULL", person="anna")
    page.get_by_test_id("rule-set").click()
    has_toast(page, "Validity is FULL for all artifacts now.")


def test_all_pages_fit_a_small_screen_and_have_enough_contrast(guest: Visitor) -> None:
    page = guest.open("/ui/home", person="anna", width=360)
    pages = [f"/ui/admin/{name}" for name in ADMIN_PAGES]
    for path in ("/ui/home", "/ui/health", "/ui/import", "/ui/admin/roles?revoke=vera", *pages):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert too_pale(page) == [], (path, scheme)
