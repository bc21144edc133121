"""Each page as three people, light and dark, narrow and wide: nothing is wrong with any."""

from itertools import product
from statistics import median

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.addresses import NOT_SHOWN, Place, node_patterns, places, without_example
from tests.browser.stocked import LEVELS, PEOPLE, Stocked
from tests.browser.stocked import shop as shop
from tests.browser.stocked import stocked as stocked
from tests.browser.visits import Look, window

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_SCHEMES = ("light", "dark")
_WIDTHS = (360, 1440)
_PAINTED_PAGES = (
    *("/ui/home", "/ui/artifacts", "/ui/journal", "/ui/health", "/ui/upload", "/ui/admin/rules"),
    *("/ui/artifacts/shop/order/versions/latest", "/ui/artifacts/shop/order/versions/3/compare"),
)
_LOOKS = [
    *(Look(*each) for each in product(PEOPLE, _SCHEMES, _WIDTHS)),
    *(Look("anna", scheme, 1920) for scheme in _SCHEMES),
]


def test_every_address_has_an_example_to_look_at() -> None:
    assert without_example() == set()


def test_what_is_not_looked_at_shows_nothing_or_is_a_file(stocked: Stocked) -> None:
    with stocked.client() as client:
        for each in node_patterns():
            if each.name in NOT_SHOWN and "<" not in str(each.pattern):
                answer = client.get(f"/{each.pattern}")
                is_file = "attachment" in answer.headers.get("Content-Disposition", "")
                assert is_file or answer.status_code in {302, 400, 404, 405}, each.name


def _turns(places: list[Place]) -> dict[Look, list[Place]]:
    """Each place once, in the looks in turn; most often of somebody who may see it."""
    turns: dict[Look, list[Place]] = {}
    for count, place in enumerate(places):
        able = [each for each in PEOPLE if LEVELS[each] >= place.level]
        people = list(PEOPLE) if count % 8 == 0 else able
        look = Look(people[count // 4 % len(people)], _SCHEMES[count % 2], _WIDTHS[count // 2 % 2])
        turns.setdefault(look, []).append(place)
    return turns


def test_nothing_is_wrong_with_any_page(stocked: Stocked, browser: Browser) -> None:
    found: list[str] = []
    turns = _turns([each for each in places(stocked) if not each.is_repeated])
    assert {look.person for look in turns} == set(PEOPLE)
    for look, visited in turns.items():
        with window(stocked, browser, look) as seen:
            found += [line for place in visited for line in seen.visit(place)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize(
    "look", _LOOKS, ids=lambda look: f"{look.person}-{look.scheme}-{look.width}"
)
def test_nothing_is_wrong_with_any_page_for_anybody(
    stocked: Stocked, browser: Browser, look: Look
) -> None:
    with window(stocked, browser, look) as seen:
        found = [line for place in places(stocked) for line in seen.visit(place)]
    assert not found, "\n" + "\n".join(found)


_FIRST_PAINT_MS = 500
#: What a page of one word takes on a quiet machine; a busy one is granted as much more as that
#: page takes more.
_QUIET_MS = 60
_LOADS = 3
_PAINTED = """() => new Promise((done) => new PerformanceObserver((list, observer) => {
  for (const each of list.getEntriesByName("first-contentful-paint")) {
    observer.disconnect();
    done(each.startTime);
  }
}).observe({ type: "paint", buffered: true }))"""


def _first_paint(page: Page, path: str) -> float:
    """In ms, from the click to the first words; the median of several."""
    painted: list[float] = []
    for _ in range(_LOADS):
        page.goto(path)
        painted.append(page.evaluate(_PAINTED))
    return median(painted)


def test_first_words_are_painted_at_once(stocked: Stocked, browser: Browser) -> None:
    with window(stocked, browser, Look("anna", "light", 1440)) as seen:
        bare = _first_paint(seen.page, "/apis/registry/v2/system/info")
        painted = {path: _first_paint(seen.page, path) for path in _PAINTED_PAGES}
    limit = _FIRST_PAINT_MS * max(1.0, bare / _QUIET_MS)
    late = {path: ms for path, ms in painted.items() if ms > limit}
    assert not late, f"a page of one word takes {bare:.0f} ms; {painted}"
