"""The journal's list in a browser: long, live, searched, exported; and while its node is away."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from journal.brokers.kafka import load
from journal.dumps import DumpRecord, read_dump
from journal.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    GlobalIdKey,
    GlobalIdValue,
    Message,
)
from registry.references import content_hash
from tests.browser.conftest import Visitor, visiting
from tests.journals import record
from tests.kafka_fixture import create_topic
from tests.nodes import NodeProcess, node_process, unused_port

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_UPLOADS = 1500
#: What a frame took, in ms, while the list was scrolled all the time; and the most rows seen.
_SCROLLING = """([ms, step]) => new Promise((done) => {
  const list = document.querySelector("[data-scroll]") ?? document.scrollingElement;
  const frames = [], begun = performance.now();
  let last = begun, rows = 0;
  requestAnimationFrame(function frame(now) {
    frames.push(now - last);
    last = now;
    list.scrollTop += step;
    rows = Math.max(rows, document.querySelectorAll(".record").length);
    if (now - begun < ms) requestAnimationFrame(frame);
    else {
      frames.sort((one, other) => one - other);
      const usual = frames[frames.length >> 1];
      done({ usual, longest: frames.at(-1), rows });
    }
  });
})"""


class Journal:
    """A topic, the node on it, and the uploads that somebody else says there."""

    def __init__(self, kafka: str, node: NodeProcess, topic: str) -> None:
        self.kafka, self.node, self.topic = kafka, node, topic
        self.said = 0

    def say(self, uploads: int) -> None:
        messages: list[DumpRecord] = []
        for number in range(self.said // 4 + 1, self.said // 4 + 1 + uploads):
            for message in _upload(number):
                made = record(message, self.said)
                messages.append(
                    DumpRecord(
                        *(0, 0, made.timestamp, made.timestamp_type, made.headers),
                        *(made.key, made.value, False),
                    )
                )
                self.said += 1
        load({"bootstrap.servers": self.kafka}, self.topic, messages, lambda *_: None)

    def wait_until_applied(self) -> None:
        deadline = time.monotonic() + 60
        while httpx.get(f"{self.node.url}/apis/annals/v1/node").json()["applied"] < self.said:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _upload(number: int) -> list[Message]:
    content = f'{{"number": {number}}}'.encode()
    hashed = content_hash(content, None)
    made = ArtifactValue(
        Action.CREATE,
        artifact_type="JSON",
        content_hash=hashed,
        global_id=number,
        created_on=1,
    )
    said = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, "c" * 64, content)
    return [
        Message(ContentIdKey("_", "u"), ContentIdValue(Action.CREATE)),
        Message(GlobalIdKey("_", "u"), GlobalIdValue(Action.CREATE)),
        Message(ContentV2Key("_", number), said),
        Message(ArtifactKey("_", None, f"order-{number}", "u"), made),
    ]


@pytest.fixture(scope="module")
def journal(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    topic = "journal-page"
    create_topic(kafka, topic)
    node = node_process(
        tmp_path_factory.mktemp("home"),
        unused_port(),
        KAFKA_BOOTSTRAP_SERVERS=kafka,
        JOURNAL_TOPIC=topic,
    )
    made = Journal(kafka, node, topic)
    made.say(_UPLOADS)
    try:
        node.start().wait_until_ready()
        yield made
    finally:
        node.stop()


@pytest.fixture
def visitor(browser: Browser, journal: Journal) -> Iterator[Visitor]:
    with visiting(browser, journal.node.url) as visitor:
        yield visitor


def is_live(page: Page) -> Page:
    expect(page.locator("[data-live-word]")).to_contain_text("Live")
    return page


def counts(page: Page) -> tuple[int, int]:
    """Records drawn as they came, and not drawn."""
    told = page.get_by_test_id("journal").evaluate("(list) => ({ ...list.dataset })")
    return int(told["drawn"]), int(told["undrawn"])


def places(page: Page) -> list[str]:
    found: list[str] = page.locator(".ledger > .window > .record").evaluate_all(
        "(rows) => rows.map((row) => row.dataset.at)"
    )
    return found


def test_a_long_journal_is_a_few_hundred_rows_and_a_scroll_bar_for_all(
    journal: Journal, visitor: Visitor
) -> None:
    bare = visitor.open("/apis/registry/v2/system/info").evaluate(_SCROLLING, [1000, 60])
    page = is_live(visitor.open("/ui/journal"))
    expect(page.get_by_test_id("journal-count")).to_have_text(f"{journal.said:,} records")
    down = page.evaluate(_SCROLLING, [4000, 60])
    up = page.evaluate(_SCROLLING, [2000, -60])
    assert max(down["rows"], up["rows"]) < 450
    # As often as a page of one word is drawn, which is 60 times a second on a quiet machine; of
    # the longest, what a person would feel is told apart, since others share these cores.
    assert max(down["usual"], up["usual"]) < 1.5 * bare["usual"]
    assert max(down["longest"], up["longest"]) < 1000
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
    page.keyboard.press("g")
    page.keyboard.press("g")
    expect(page.locator(".record").first).to_contain_text(f"order-{journal.said // 4} ")
    rail = page.get_by_role("scrollbar")
    box = rail.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/ui/journal?at=*")
    at = int(page.url.rpartition("=")[2])
    assert journal.said * 0.4 < at < journal.said * 0.6
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


def test_a_search_is_chips_and_tells_what_it_does_not_know(
    journal: Journal, visitor: Visitor
) -> None:
    page = is_live(visitor.open("/ui/journal"))
    page.get_by_test_id("journal-search").fill("order-7 type:Artifact colour:red")
    expect(page.get_by_role("alert")).to_contain_text("There is no field “colour”")
    expect(page.get_by_test_id("chips").get_by_role("link")).to_have_count(3)
    found = page.locator(".ledger > .window > .record")
    expect(found.first).to_contain_text("order-7")
    page.get_by_test_id("journal-search").fill("contentId:7")
    expect(found).to_have_count(1)
    found.locator("summary").click()
    expect(found.locator(".op-parts .record")).to_have_count(4)


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


def test_what_is_chosen_is_exported_as_kcat_would(
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
        lines = list(read_dump(file))
    assert [line.offset for line in lines] == [4, 5, 6, 7]
    assert json.loads(lines[3].value[1:])["globalId"] == 2  # type: ignore[index]


def test_a_burst_leaves_the_page_responsive_and_every_record_counted(
    journal: Journal, visitor: Visitor
) -> None:
    page = is_live(visitor.open("/ui/journal"))
    before = journal.said
    page.evaluate(f"window.told = ({_SCROLLING})([3500, 0]); null")
    for _ in range(6):
        # 2,000 records a second for three seconds.
        begun = time.monotonic()
        journal.say(250)
        time.sleep(max(0.0, 0.5 - (time.monotonic() - begun)))
    told = page.evaluate("window.told")
    assert told["longest"] < 1500
    assert told["rows"] < 450
    journal.wait_until_applied()
    came = journal.said - before
    page.wait_for_function(
        "(came) => { const { drawn, undrawn } = document.querySelector('.ledger').dataset;"
        " return Number(drawn) + Number(undrawn) === came; }",
        arg=came,
    )
    drawn, undrawn = counts(page)
    assert (drawn + undrawn, drawn > 0, undrawn > 0) == (came, True, True)
    expect(page.get_by_test_id("undrawn")).to_have_text(f"{undrawn:,} not drawn:")
    expect(page.locator(".record").first).to_contain_text(f"order-{journal.said // 4} ")
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
    journal.say(30)
    journal.node.start().wait_until_ready()
    visitor.complaints.clear()
    is_live(page)
    last = f"0:{journal.said - 1}"
    expect(page.locator(".record").first).to_have_attribute("data-at", last)
    assert sum(counts(page)) == 120
    seen = [int(place.split(":")[1]) for place in places(page)]
    assert seen == list(range(journal.said - 1, journal.said - 1 - len(seen), -1))
    expect(held.locator("[data-pause]")).to_contain_text("120 held back")
    held.locator("[data-pause]").click()
    expect(held.locator(".record").first).to_contain_text(f"order-{journal.said // 4} ")
    visitor.complaints.clear()


def test_the_list_is_paged_without_scripts(journal: Journal, visitor: Visitor) -> None:
    context = visitor.browser.new_context(base_url=visitor.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ui/journal?view=records")
    expect(page.locator(".record").first).to_have_attribute("data-id", str(journal.said))
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".record").first).to_have_attribute("data-id", str(journal.said - 60))
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".record").first).to_have_attribute("data-id", str(journal.said))
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
