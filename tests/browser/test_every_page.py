"""Each page as three people, light and dark, narrow and wide: nothing is wrong with any."""

import pytest

from tests.browser.addresses import (
    NOT_SHOWN,
    PageAddress,
    node_patterns,
    page_addresses,
    without_example,
)
from tests.browser.people import LEVELS, PEOPLE
from tests.browser.stocked import Stocked
from tests.browser.visits import SCHEMES, WIDTHS, Look, window
from tests.browser.windows import Windows

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def test_every_address_has_an_example() -> None:
    assert without_example() == set()


def test_addresses_without_an_example_show_no_page(stocked: Stocked) -> None:
    with stocked.client() as client:
        for each in node_patterns():
            if each.name in NOT_SHOWN and "<" not in str(each.pattern):
                answer = client.get(f"/{each.pattern}")
                is_file = "attachment" in answer.headers.get("Content-Disposition", "")
                assert is_file or answer.status_code in {302, 400, 404, 405}, each.name


def _turns(places: list[PageAddress]) -> dict[Look, list[PageAddress]]:
    """Each place once, in the looks in turn; most often of somebody who may see it."""
    turns: dict[Look, list[PageAddress]] = {}
    for count, place in enumerate(places):
        able = [each for each in PEOPLE if LEVELS[each] >= place.level]
        people = list(PEOPLE) if count % 8 == 0 else able
        look = Look(people[count // 4 % len(people)], SCHEMES[count % 2], WIDTHS[count // 2 % 2])
        turns.setdefault(look, []).append(place)
    return turns


def test_nothing_is_wrong_with_any_page(stocked: Stocked, windows: Windows) -> None:
    found: list[str] = []
    turns = _turns([each for each in page_addresses(stocked) if not each.is_repeated])
    assert {look.person for look in turns} == set(PEOPLE)
    with window(stocked, windows) as seen:
        for look, visited in turns.items():
            seen.look_as(look)
            found += [line for place in visited for line in seen.visit(place)]
    assert not found, "\n" + "\n".join(found)
