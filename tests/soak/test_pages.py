"""Pages as each person at each size, and how fast they are beside a page of one word."""

import time
from collections.abc import Callable
from itertools import product
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import page_addresses
from tests.browser.conftest import chromium as chromium
from tests.browser.conftest import shop as shop
from tests.browser.conftest import stocked as stocked
from tests.browser.conftest import visitor as visitor
from tests.browser.conftest import windows as windows
from tests.browser.incident import RECORDS, wait_until_applied, write_incident
from tests.browser.journal import Journal, is_live
from tests.browser.journal import journal as journal
from tests.browser.people import PEOPLE
from tests.browser.stocked import Stocked
from tests.browser.visitor import Visitor, visiting
from tests.browser.visits import SCHEMES, WIDTHS, Look, window
from tests.browser.windows import Windows
from tests.nodes import NodeProcess
from tests.waiting import until
from tests.web import http

pytestmark = [pytest.mark.soak, pytest.mark.browser, pytest.mark.kafka]

_LOOKS = [
    *(Look(*each) for each in product(PEOPLE, SCHEMES, WIDTHS)),
    *(Look("anna", scheme, 1920) for scheme in SCHEMES),
]

_WORD = "/apis/registry/v2/system/info"
_PAINTED_PAGES = (
    *("/ui/home", "/ui/artifacts", "/ui/journal", "/ui/health", "/ui/upload", "/ui/admin/rules"),
    *("/ui/artifacts/shop/order/versions/latest", "/ui/artifacts/shop/order/versions/3/compare"),
)
_LOADS = 5
#: Times as long as the page of one word takes, which is 60 ms on a quiet machine.
_FIRST_PAINT = 8
_PAINTED = """() => new Promise((done) => new PerformanceObserver((list, observer) => {
  for (const each of list.getEntriesByName("first-contentful-paint")) {
    observer.disconnect();
    done(each.startTime);
  }
}).observe({ type: "paint", buffered: true }))"""

#: Times as long as a frame of that page takes, which is a sixtieth of a second on a quiet machine.
_USUAL_FRAME = 1.5
_LONGEST_FRAME = 60
_LONGEST_IN_A_BURST = 90
_FRAMES = """([ms, step]) => new Promise((done) => {
  const list = document.querySelector("[data-scroll]") ?? document.scrollingElement;
  const frames = [], begun = performance.now();
  let last = begun;
  requestAnimationFrame(function frame(now) {
    frames.push(now - last);
    last = now;
    list.scrollTop += step;
    if (now - begun < ms) requestAnimationFrame(frame);
    else {
      frames.sort((one, other) => one - other);
      done({ usual: frames[frames.length >> 1], longest: frames.at(-1) });
    }
  });
})"""

#: Times as long as a million squares take, which is 50 ms on a quiet machine.
_SOON = 20


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def squares() -> int:
    return sum(number * number for number in range(1_000_000))


@pytest.mark.parametrize(
    "look", _LOOKS, ids=lambda look: f"{look.person}-{look.scheme}-{look.width}"
)
def test_nothing_is_wrong_with_any_page_for_anybody(
    stocked: Stocked, windows: Windows, look: Look
) -> None:
    with window(stocked, windows) as seen:
        seen.look_as(look)
        found = [line for place in page_addresses(stocked) for line in seen.visit(place)]
    assert not found, "\n" + "\n".join(found)


def _first_paint(page: Page, path: str) -> float:
    """Return ms from the click to the first words; the median of several."""
    painted: list[float] = []
    for _ in range(_LOADS):
        page.goto(path)
        painted.append(page.evaluate(_PAINTED))
    return median(painted)


def test_first_words_are_painted_at_once(stocked: Stocked, windows: Windows) -> None:
    with window(stocked, windows) as seen:
        seen.look_as(Look("anna", "light", 1440))
        bare = _first_paint(seen.page, _WORD)
        ratios = {path: _first_paint(seen.page, path) / bare for path in _PAINTED_PAGES}
    print(f"first paint: {bare:.0f} ms for a page of one word, others times as much: {ratios}")
    assert max(ratios.values()) < _FIRST_PAINT, ratios


def test_a_long_journal_is_scrolled_as_smoothly_as_a_page_of_one_word(
    journal: Journal, windows: Windows
) -> None:
    with visiting(windows, journal.node.url) as visitor:
        bare = visitor.open(_WORD).evaluate(_FRAMES, [2000, 60])
        page = is_live(visitor.open("/ui/journal"))
        down = page.evaluate(_FRAMES, [4000, 60])
        up = page.evaluate(_FRAMES, [2000, -60])
    print(f"frames: {bare} for a page of one word; {down}, {up} for the journal")
    assert max(down["usual"], up["usual"]) < _USUAL_FRAME * bare["usual"]
    assert max(down["longest"], up["longest"]) < _LONGEST_FRAME * bare["usual"]


def test_a_burst_leaves_the_page_responsive(journal: Journal, windows: Windows) -> None:
    with visiting(windows, journal.node.url) as visitor:
        bare = visitor.open(_WORD).evaluate(_FRAMES, [2000, 0])
        page = is_live(visitor.open("/ui/journal"))
        page.evaluate(f"window.told = ({_FRAMES})([3500, 0]); null")
        for _ in range(6):
            # 2,000 records a second for three seconds.
            took = seconds(lambda: journal.write(250))
            time.sleep(max(0.0, 0.5 - took))
        told: dict[str, Any] = page.evaluate("window.told")
        journal.wait_until_applied()
    print(f"frames: {bare} for a page of one word; {told} for the journal in a burst")
    assert told["longest"] < _LONGEST_IN_A_BURST * bare["usual"]


def test_an_open_page_soon_shows_a_broken_sequence(
    visitor: Visitor, live_node: NodeProcess, kafka: str, topic: str
) -> None:
    page = visitor.open("/ui/health")
    expect(page.get_by_test_id("all-quiet")).to_be_visible()
    write_incident(kafka, topic)
    wait_until_applied(live_node.url, RECORDS)
    took, bare = seconds(page.locator("#J03").wait_for), seconds(squares)
    print(f"shown after {took:.2f} s; a million squares take {bare:.2f} s")
    assert took < _SOON * bare


def test_an_uploaded_artifact_can_soon_be_searched(live_node: NodeProcess) -> None:
    answer = http.post(
        f"{live_node.url}/apis/registry/v2/groups/shop/artifacts",
        json={"title": "unheard"},
        headers={"X-Registry-ArtifactId": "late", "X-Registry-ArtifactType": "JSON"},
    )
    assert answer.status_code == 200, answer.text
    found = f"{live_node.url}/ui/artifacts?q=unheard"
    took = seconds(lambda: until(lambda: "/artifacts/shop/late/" in http.get(found).text))
    bare = seconds(squares)
    print(f"found after {took:.2f} s; a million squares take {bare:.2f} s")
    assert took < _SOON * bare
