"""The journal's list in a browser: long, live, searched, exported; and while its node is away."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, WebSocket, expect

from journal.dumps.reading import DumpReader
from tests.browser.journal import WINDOW, Journal, is_live
from tests.browser.journal import journal as journal
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

#: Rows that the page lays out at once while it is scrolled, so that nobody feels it.
_SLICE = 10
#: Counts rows that are put into the list: all of them, the most at once, and the most that are
#: there at a time.
_COUNT_ROWS = """() => {
  window.put = { all: 0, atOnce: 0, most: 0 };
  new MutationObserver((changes) => {
    const nodes = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    const rows = nodes.flatMap((node) => node.matches?.("[data-window]")
      ? [...node.children] : node.matches?.(".window > .record") ? [node] : []);
    const came = new Set(rows).size;
    put.all += came;
    put.atOnce = Math.max(put.atOnce, came);
    put.most = Math.max(put.most, document.querySelectorAll(".record").length);
  }).observe(document.querySelector(".ledger"), { childList: true, subtree: true });
}"""
#: Scrolls by so many pixels a frame until so many more rows were put into the list.
_SCROLL = """([step, rows]) => new Promise((done) => {
  const list = document.querySelector("[data-scroll]"), wanted = put.all + rows;
  requestAnimationFrame(function frame() {
    list.scrollTop += step;
    if (put.all < wanted) requestAnimationFrame(frame); else done(put);
  });
})"""


@pytest.fixture
def visitor(windows: Windows, journal: Journal) -> Iterator[Visitor]:
    with visiting(windows, journal.node.url) as visitor:
        yield visitor


def parts_asked(page: Page) -> list[str]:
    """Return the names of the parts that the page will have asked for."""
    requested: list[str] = []

    def keep(request: Request) -> None:
        requested.extend(parse_qs(urlsplit(request.url).query).get("part", []))

    page.on("request", keep)
    return requested


def words_heard(page: Page) -> list[int]:
    """Return the newest rows that the journal's socket will have told of."""
    newest: list[int] = []

    def keep(socket: WebSocket) -> None:
        if socket.url.endswith("/ui/ws/journal"):
            socket.on("framereceived", lambda frame: newest.append(json.loads(frame)["newest"]))

    page.on("websocket", keep)
    return newest


def counts(page: Page) -> tuple[int, int]:
    """Records drawn as they came, and not drawn."""
    data = page.get_by_test_id("journal").evaluate("(list) => ({ ...list.dataset })")
    return int(data["drawn"]), int(data["undrawn"])


def places(page: Page) -> list[str]:
    rows: list[str] = page.locator(".ledger > .window > .record").evaluate_all(
        "(rows) => rows.map((row) => row.dataset.at)"
    )
    return rows


def test_a_long_journal_is_a_few_hundred_rows_and_a_scroll_bar_for_all(
    journal: Journal, visitor: Visitor
) -> None:
    page = is_live(visitor.open("/ui/journal"))
    expect(page.get_by_test_id("journal-count")).to_have_text(f"{journal.written:,} records")
    requested = parts_asked(page)
    page.evaluate(_COUNT_ROWS)
    page.evaluate(_SCROLL, [240, 420])
    put = page.evaluate(_SCROLL, [-240, 120])
    assert put["most"] < 450
    assert put["atOnce"] <= _SLICE
    assert requested.count("rows") <= put["all"] / WINDOW + 2
    seen = [int(place.split(":")[1]) for place in places(page)]
    assert seen == sorted(set(seen), reverse=True)
    # Each upload is four records: what is loaded has no gap.
    assert {newer - older for newer, older in pairwise(seen)} == {4}


def test_the_rail_and_keys_lead_anywhere_and_the_address_tells_where(
    journal: Journal, visitor: Visitor
) -> None:
    page = is_live(visitor.open("/ui/journal"))
    page.keyboard.press("Shift+G")
    expect(page.locator(".record").last).to_contain_text("order-1 ")
    newest = f"order-{journal.written // 4} "

    def press_g_twice() -> None:
        page.keyboard.press("g")
        page.keyboard.press("g")

    # A page that was too busy to get both soon one after the other gets them again.
    first = page.locator(".record").first
    until(lambda: newest in first.inner_text(), during=press_g_twice)
    rail = page.get_by_role("scrollbar")
    box = rail.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/ui/journal?at=*")
    at = int(page.url.rpartition("=")[2])
    assert journal.written * 0.4 < at < journal.written * 0.6
    page.reload()
    expect(page.locator(f'.record[data-id="{at}"]')).to_be_in_viewport()
    expect(page.locator("[data-pause]")).to_contain_text("Resume")


def test_a_row_that_is_open_stands_in_the_address(visitor: Visitor) -> None:
    page = is_live(visitor.open("/ui/journal?view=records&q=offset:399"))
    expect(page.get_by_test_id("journal-count")).to_contain_text("1 of")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**record=0%3A399**")
    page.reload()
    expect(page.locator(".record:has(> details[open]) .hex").first).to_be_visible()


def test_a_search_has_chips_and_reports_unknown_fields(journal: Journal, visitor: Visitor) -> None:
    page = is_live(visitor.open("/ui/journal"))
    page.get_by_test_id("journal-search").fill("order-7 type:Artifact colour:red")
    expect(page.get_by_role("alert")).to_contain_text("There is no field “colour”")
    expect(page.get_by_test_id("chips").get_by_role("link")).to_have_count(3)
    rows = page.locator(".ledger > .window > .record")
    expect(rows.first).to_contain_text("order-7")
    page.get_by_test_id("journal-search").fill("contentId:7")
    expect(rows).to_have_count(1)
    rows.locator("summary").click()
    expect(rows.locator(".op-parts .record")).to_have_count(4)


def test_a_column_of_the_chart_narrows_to_its_time_and_charts_fold_away(
    visitor: Visitor,
) -> None:
    page = is_live(visitor.open("/ui/journal"))
    column = page.get_by_test_id("chart").first.get_by_role("link").first
    column.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("chips")).to_contain_text("since:")
    page.locator(".journal-charts > summary").click()
    page.wait_for_url("**charts=off**")
    page.reload()
    expect(page.locator(".charts")).to_have_count(0)
    page.locator(".journal-charts > summary").click()
    expect(page.locator(".charts")).to_be_visible()


def test_selected_records_are_exported_as_kcat_would(
    journal: Journal, visitor: Visitor, tmp_path: Path
) -> None:
    page = is_live(visitor.open("/ui/journal?at=8"))
    page.locator('.record[data-at="0:7"] [data-pick]').check()
    page.get_by_test_id("export").click()
    expect(page.get_by_test_id("export-survey")).to_contain_text("All of them are on the topic")
    with page.expect_download() as download:
        page.get_by_test_id("export-download").click()
    download.value.save_as(tmp_path / "records.jsonl")
    with (tmp_path / "records.jsonl").open("rb") as file:
        lines = list(DumpReader(file))
    assert [line.offset for line in lines] == [4, 5, 6, 7]
    assert json.loads(lines[3].value[1:])["globalId"] == 2  # type: ignore[index]


def test_every_record_of_a_burst_is_counted_and_a_few_are_drawn(
    journal: Journal, visitor: Visitor
) -> None:
    page = visitor.open("/ui/tables")
    requested, received = parts_asked(page), words_heard(page)
    page.goto("/ui/journal")
    is_live(page)
    # The socket's first word, which comes after whatever is applied from then on, may repeat it.
    until(lambda: page.title() and received)
    before = journal.written
    page.evaluate(_COUNT_ROWS)
    for _ in range(3):
        journal.write(250)
    journal.wait_until_applied()
    came = journal.written - before
    page.wait_for_function(
        "(came) => { const { drawn, undrawn } = document.querySelector('.ledger').dataset;"
        " return Number(drawn) + Number(undrawn) === came; }",
        arg=came,
    )
    drawn, undrawn = counts(page)
    assert (drawn + undrawn, drawn > 0, undrawn > 0) == (came, True, True)
    put = page.evaluate("put")
    assert put["most"] < 450
    assert put["atOnce"] <= WINDOW
    # The socket tells each row once, however many came, and the page asks at most once for each.
    assert received == sorted(set(received))
    assert requested.count("news") <= len(received)
    assert requested.count("about") <= requested.count("news")
    expect(page.get_by_test_id("undrawn")).to_have_text(f"{undrawn:,} not drawn:")
    expect(page.locator(".record").first).to_contain_text(f"order-{journal.written // 4} ")
    page.locator("[data-undrawn-show]").click()
    expect(page.get_by_test_id("undrawn")).to_be_hidden()


def test_a_page_that_lost_its_node_says_so_and_catches_up_without_gap_or_double(
    journal: Journal, visitor: Visitor
) -> None:
    page = is_live(visitor.open("/ui/journal?view=records"))
    held = is_live(visitor.open("/ui/journal"))
    held.locator("[data-pause]").click()
    journal.node.kill()
    expect(page.locator("[data-live-word]")).to_contain_text("Reconnecting")
    journal.write(30)
    journal.node.start().wait_until_ready()
    visitor.complaints.clear()
    is_live(page)
    last = f"0:{journal.written - 1}"
    expect(page.locator(".record").first).to_have_attribute("data-at", last)
    assert sum(counts(page)) == 120
    seen = [int(place.split(":")[1]) for place in places(page)]
    assert seen == list(range(journal.written - 1, journal.written - 1 - len(seen), -1))
    expect(held.locator("[data-pause]")).to_contain_text("120 held back")
    held.locator("[data-pause]").click()
    expect(held.locator(".record").first).to_contain_text(f"order-{journal.written // 4} ")
    visitor.complaints.clear()


def test_the_list_is_paged_without_scripts(journal: Journal, visitor: Visitor) -> None:
    page = visitor.open("/ui/journal?view=records", has_scripts=False)
    expect(page.locator(".record").first).to_have_attribute("data-id", str(journal.written))
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".record").first).to_have_attribute("data-id", str(journal.written - 60))
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".record").first).to_have_attribute("data-id", str(journal.written))
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator(".record").last).to_have_attribute("data-at", "0:0")
    page.get_by_test_id("goto").fill("0:500")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".record").first).to_have_attribute("data-at", "0:500")
    page.get_by_test_id("goto").fill("nonsense")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("alert")).to_contain_text("“nonsense” is no time")
    page.goto("/ui/journal")
    page.locator(".record").first.locator("summary").click()
    page.get_by_role("link", name="Its 4 records").click()
    expect(page.locator("h1")).to_have_text("4 records of one operation")
    page.goto("/ui/journal?q=type:Artifact")
    page.locator("[data-pick]").first.check()
    page.get_by_test_id("export").click()
    expect(page.locator("h1")).to_have_text("Export 4 records")


def test_it_fits_a_small_screen(visitor: Visitor) -> None:
    page = is_live(visitor.open("/ui/journal?q=order-7+type:Artifact", width=360, scheme="dark"))
    for path in ("", "/ui/journal/export?q=order-7"):
        if path:
            page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
