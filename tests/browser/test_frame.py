"""What every page has around it: keys, themes, times in the reader's zone, the node's state."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import sign_in
from tests.browser.stocked import Stocked
from tests.browser.visitor import visiting
from tests.browser.windows import Windows

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_ORDER = "/ui/artifacts/shop/order/versions/latest"


@pytest.fixture
def page(shop: Stocked, windows: Windows) -> Iterator[Page]:
    """The administrator's."""
    page = windows.take(shop.url)
    sign_in(page.context, shop.url, "anna")
    yield page
    windows.give_back(page)


@pytest.fixture
def fresh_page(shop: Stocked, windows: Windows) -> Iterator[Page]:
    """The same, in a window that nobody uses after it."""
    with windows.fresh(shop.url) as page:
        sign_in(page.context, shop.url, "anna")
        yield page


_PAGES = {"h": "home", "a": "artifacts", "u": "upload", "j": "journal", "t": "tables"}
_PAGES |= {"e": "health", "s": "snapshots", "m": "admin/rules"}


def test_two_keys_go_to_each_page_if_the_second_comes_soon(fresh_page: Page) -> None:
    page = fresh_page
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(_ORDER)
    for key, path in _PAGES.items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**/ui/{path}")
    page.keyboard.press("g")
    page.clock.run_for(1600)
    page.keyboard.press("h")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/ui/artifacts")
    page.go_back()
    page.wait_for_url("**/ui/admin/rules")


def test_the_sheet_lists_every_key_and_escape_closes_it(page: Page) -> None:
    page.goto("/ui/artifacts")
    page.keyboard.press("?")
    sheet = page.locator("dialog#keys")
    expect(sheet).to_be_visible()
    told = set(sheet.locator("kbd").all_inner_texts())
    assert told >= set("/jkghaujtesm?") | {"Enter", "Esc"}
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_rows_are_walked_and_opened_by_keys_and_typing_is_left_alone(page: Page) -> None:
    page.goto("/ui/artifacts")
    page.keyboard.press("/")
    page.keyboard.type("gaj?")
    expect(page.get_by_test_id("toolbar-filter-value")).to_have_value("gaj?")
    page.goto("/ui/artifacts?q=shop")
    links = page.get_by_test_id("artifact-link")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(row)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/versions/*")


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/ui/artifacts")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


_IS_SEEN = """() => {
  const seen = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  };
  const at = document.activeElement;
  if (at === document.body) return "";
  for (let each = at; each && each !== document.body; each = each.parentElement)
    if (seen(each)) return "";
  // A bar of a chart is marked by its own stroke.
  if (at.closest(".chart")) return "";
  return at.outerHTML.slice(0, 160);
}"""


def test_the_focus_is_visible_everywhere(page: Page) -> None:
    unseen = []
    for path in ("/ui/home", "/ui/artifacts", _ORDER, "/ui/upload", "/ui/health"):
        page.goto(path)
        for _ in range(30):
            page.keyboard.press("Tab")
            unseen.append(page.evaluate(_IS_SEEN))
    assert [each for each in unseen if each] == []


def test_a_chosen_theme_is_there_before_the_page_is_drawn(fresh_page: Page) -> None:
    page = fresh_page
    page.add_init_script(
        """new MutationObserver((_, observer) => {
          if (!document.body) return;
          window.themeAtFirst = document.documentElement.dataset.theme ?? "auto";
          observer.disconnect();
        }).observe(document, { subtree: true, childList: true });"""
    )
    background = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    page.goto("/ui/artifacts")
    light = page.evaluate(background)
    toggle = page.locator("[data-theme-toggle]")
    for name in ("Light", "Dark"):
        toggle.click()
        expect(toggle).to_have_accessible_name(f"Color theme: {name}")
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate("window.themeAtFirst") == "dark"
    assert page.evaluate(background) == dark
    toggle.click()
    expect(toggle).to_have_accessible_name("Color theme: Auto")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) == dark


def test_times_are_shown_in_the_readers_zone(fresh_page: Page) -> None:
    page = fresh_page
    zone = page.context.new_cdp_session(page)
    zone.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kolkata"})
    page.goto(_ORDER)
    age = page.locator("aside time").first
    expect(age).to_have_attribute("title", re.compile(r" UTC\+5:30 \(Asia/(Calcutta|Kolkata)\)$"))
    expect(age).to_have_text(re.compile("ago|just now"))
    page.goto("/ui/journal")
    row = page.locator(".record time").first
    title = str(row.get_attribute("title"))
    expect(row).to_have_text(title.split()[1])
    said = page.evaluate(
        "(at) => new Date(at).toTimeString().slice(0, 8)", row.get_attribute("datetime")
    )
    expect(row).to_contain_text(said)


def test_times_are_shown_in_utc_without_scripts(shop: Stocked, windows: Windows) -> None:
    with visiting(windows, shop.url) as visitor:
        page = visitor.open(_ORDER, person="anna", has_scripts=False)
        expect(page.locator("aside time").first).to_have_attribute("title", re.compile(r" UTC$"))


def test_a_lost_node_is_shown_and_missed_changes_are_caught_up(shop: Stocked, page: Page) -> None:
    page.goto("/ui/artifacts?group=shop")
    state = page.get_by_test_id("node-state")
    expect(state).to_contain_text("In step")
    below = "document.querySelector('main').getBoundingClientRect().top"
    top = page.evaluate(below)
    shop.node.stop()
    expect(state.get_by_role("alert")).to_have_text("✕ Connection to the node lost: trying again")
    assert page.evaluate(below) == top

    shop.node.start().wait_until_ready()
    with shop.client("dora") as client:
        answer = client.post(
            "/apis/registry/v2/groups/shop/artifacts",
            json="string",
            headers={"X-Registry-ArtifactId": "meanwhile"},
        )
        assert answer.status_code == 200, answer.text
    expect(state).to_contain_text("In step")
    expect(page.get_by_test_id("artifact-list")).to_contain_text("meanwhile")
