"""Signing in, by a password and at an issuer; what each role is shown; signing out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PASSWORD, users_file
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.guarded import guarded_node
from tests.issuer import Issuer
from tests.nodes import NodeProcess
from tests.web import http

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


@pytest.fixture(scope="module")
def node(
    kafka: str, kept_issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    """Takes passwords and the issuer's word."""
    folder = tmp_path_factory.mktemp("login")
    roles = {"realm_access": {"roles": ["sr-developer"]}, "name": "Dirk van Dijk"}
    kept_issuer.users = {"dirk": roles, "nobody-yet": {}}
    options = {"ANNALS_ACCESS": "basic,oidc", "ANNALS_USERS_FILE": str(users_file(folder))}
    with guarded_node(folder, kafka, kept_issuer, **options) as running:
        yield running


@pytest.fixture
def guest(windows: Windows, node: NodeProcess) -> Iterator[Visitor]:
    with visiting(windows, node.url) as found:
        yield found


def sign_in(guest: Visitor, name: str, path: str = "/ui/artifacts") -> Page:
    page = guest.open(path)
    expect(page).to_have_url(f"{guest.url}/ui/login?next={path}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_test_id("login-btn").click()
    expect(page).to_have_url(guest.url + path)
    expect(page.get_by_test_id("who")).to_have_text(name)
    return page


def test_each_role_sees_what_it_may_do(guest: Visitor) -> None:
    viewer = sign_in(guest, "vera")
    expect(viewer.get_by_test_id("node-state")).to_contain_text("In step")
    expect(viewer.get_by_test_id("btn-header-upload-artifact")).to_have_count(0)
    expect(viewer.get_by_test_id("empty")).to_contain_text("the role DEVELOPER")
    viewer.goto("/ui/health")
    expect(viewer.get_by_test_id("health-ways").locator("a")).to_have_count(0)
    admin = sign_in(guest, "anna", "/ui/journal")
    expect(admin.get_by_role("navigation").first).to_contain_text("Snapshots")
    admin.goto("/ui/health")
    expect(admin.get_by_test_id("health-ways").locator("a").first).to_be_visible()


def test_a_password_opens_what_its_role_may(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    page.get_by_label("Name").fill("dora")
    # The answer to the last one is held back for a moment; the right password's is not.
    for number in range(6):
        page.get_by_label("Password").fill(f"wrong {number}")
        with page.expect_response(lambda answer: answer.status == 401):
            page.get_by_test_id("login-btn").click()
        expect(page.get_by_test_id("login-wrong")).to_contain_text("wrong")
        expect(page.get_by_label("Name")).to_have_value("dora")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_test_id("login-btn").click()
    expect(page).to_have_url(f"{guest.url}/ui/upload")
    page.locator("[name=id]").fill("price")
    page.locator("[name=text]").fill('{"type": "string"}')
    page.get_by_test_id("modal-btn-upload").click()
    expect(page.locator("aside")).to_contain_text("by dora")
    journal = page.get_by_role("navigation").first.locator(".nav-off", has_text="Journal")
    expect(journal).to_have_attribute("aria-disabled", "true")
    page.goto("/ui/journal")
    expect(page.get_by_test_id("error-page")).to_contain_text("it needs the role ADMIN")
    page.get_by_test_id("logout").click()
    expect(page.get_by_test_id("login")).to_be_visible()
    page.goto("/ui/artifacts")
    expect(page.get_by_test_id("login")).to_be_visible()
    # The page of an empty registry is looked at by another test.
    artifact = f"{guest.url}/apis/registry/v2/groups/default/artifacts/price"
    assert http.delete(artifact, auth=("dora", PASSWORD)).status_code == 204


def test_the_issuer_signs_people_in(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    page.get_by_test_id("login-issuer").click()
    page.get_by_role("button", name="dirk").click()
    expect(page).to_have_url(f"{guest.url}/ui/upload")
    expect(page.get_by_test_id("who")).to_have_text("Dirk van Dijk")
    page.goto("/apis/registry/v2/users/me")
    expect(page.locator("body")).to_contain_text('"username":"dirk"')
    stranger = guest.open("/ui/artifacts")
    stranger.get_by_test_id("login-issuer").click()
    stranger.get_by_role("button", name="nobody-yet").click()
    expect(stranger.get_by_test_id("error-page")).to_contain_text("it needs the role READ_ONLY")


def test_a_form_of_another_site_writes_nothing_through_rest(guest: Visitor) -> None:
    """The cookie of the pages is no reason to write through an API."""
    page = sign_in(guest, "anna")
    artifacts = f"{guest.url}/apis/registry/v2/groups/default/artifacts"
    sent = page.context.request.post(artifacts, data={"type": "string"})
    assert sent.status == 401
    assert page.context.request.get(artifacts).status == 200


def test_a_sign_in_redirects_to_this_host_only(guest: Visitor) -> None:
    page = guest.open("/ui/login?next=https://evil.example/")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_test_id("login-btn").click()
    expect(page).to_have_url(f"{guest.url}/ui/artifacts")
