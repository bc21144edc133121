"""One look at one page, as one person in one window: what is wrong with what is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser.addresses import OWNED, PageAddress
from tests.browser.people import LEVELS, sign_in
from tests.browser.stocked import Stocked
from tests.browser.windows import Windows
from tests.journals import DATA

AXE = (DATA / "vendor" / "axe-core" / "axe.min.js").read_text()
_JUDGED = {"moderate", "serious", "critical"}
#: What a reader notices is more; Chromium's own scale calls up to 0.1 good.
_MOST_SHIFT = 0.02
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (360, 1440)
_HEIGHT = 800
#: Of the bytes that a page and all that it needs are, as the node compresses them.
_HEAVIEST = 150_000
#: The page itself, and its styles, scripts and pictures.
_MOST_PARTS = 16
_PARTS = {"Document", "Stylesheet", "Script", "Image", "Font"}

#: Runs before anything of the page does.
_WATCH = """
window.seen = { violations: [], shifts: [] };
document.addEventListener("securitypolicyviolation", (event) =>
  seen.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    if (each.hadRecentInput) continue;
    const names = each.sources.map(({ node }) => node?.nodeName + "." + (node?.className ?? ""));
    seen.shifts.push([each.value, names.join(" ")]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
_SETTLED = """() => {
  const strip = document.querySelector("[data-state]");
  return document.readyState === "complete" && (!strip || strip.dataset.shown !== undefined);
}"""
_TWO_FRAMES = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
)
_AXE_RUN = """async () => {
  document.getAnimations().forEach((each) => each.finish());
  const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false });
  return violations.map(({ id, impact, nodes }) =>
    [impact, `${id}: ` + nodes.slice(0, 3).map((each) => each.html.slice(0, 160)).join(" | ")]);
}"""


@dataclass(frozen=True, order=True)
class Look:
    """Who looks, and how."""

    person: str
    scheme: Literal["light", "dark"]
    width: int


@dataclass
class Traffic:
    """What a page fetched, nothing of it from a cache.

    Each address counts once: the longer a page is looked at, the more often it asks again.
    """

    parts: set[str] = field(default_factory=set)
    _addresses: dict[str, str] = field(default_factory=dict)
    _bytes: dict[str, float] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """Bytes that came over the wire."""
        return sum(self._bytes.values())

    def forget(self) -> None:
        self.parts.clear()
        self._addresses.clear()
        self._bytes.clear()

    def keep_request(self, event: dict[str, Any]) -> None:
        address = event["request"]["url"]
        self._addresses[event["requestId"]] = address
        if event["type"] in _PARTS:
            self.parts.add(address)

    def keep_weight(self, event: dict[str, Any]) -> None:
        if address := self._addresses.get(event["requestId"]):
            self._bytes.setdefault(address, event["encodedDataLength"])


@dataclass
class Window:
    """A page that is kept from place to place; `complaints` are of the present place."""

    page: Page
    host: str
    look: Look = field(init=False)
    complaints: list[str] = field(default_factory=list)
    is_refusal_judged: bool = False
    traffic: Traffic = field(default_factory=Traffic)

    def look_as(self, look: Look) -> None:
        """Sign in as the person of `look`, and take its size and scheme."""
        self.look = look
        self.is_refusal_judged = False
        self.page.context.clear_cookies()
        sign_in(self.page.context, self.host, look.person)
        self.page.set_viewport_size({"width": look.width, "height": _HEIGHT})
        self.page.emulate_media(color_scheme=look.scheme)

    def visit(self, place: PageAddress) -> list[str]:
        """Return all that is wrong with this place, as lines that name it."""
        self.complaints.clear()
        self.traffic.forget()
        answer = self.page.goto(place.path)
        assert answer is not None
        self._expect_status(place, answer.status)
        self.page.wait_for_function(_SETTLED)
        self.page.evaluate(_TWO_FRAMES)
        if self.traffic.weight > _HEAVIEST and "documentation" not in place.name:
            self.complaints.append(f"weighs {self.traffic.weight:,.0f} bytes")
        if len(self.traffic.parts) > _MOST_PARTS:
            self.complaints.append(f"is {len(self.traffic.parts)} files")
        self._judge_layout()
        # All refusals are one page, which the first shows.
        if answer.status != 403 or not self.is_refusal_judged:
            self.is_refusal_judged |= answer.status == 403
            self._judge_with_axe()
        return [f"{place.path} as {self.look}: {each}" for each in self.complaints]

    def _expect_status(self, place: PageAddress, status: int) -> None:
        may = LEVELS[self.look.person] >= place.level
        is_hidden = place.name in OWNED and self.look.person != "anna"
        expected = 404 if is_hidden or "gone" in place.path else 200
        if status != (expected if may else 403):
            self.complaints.append(f"answered with {status}")

    def _judge_layout(self) -> None:
        seen: dict[str, Any] = self.page.evaluate("window.seen")
        self.complaints += [f"CSP: {each}" for each in seen["violations"]]
        shift = sum(value for value, _ in seen["shifts"])
        if shift >= _MOST_SHIFT:
            self.complaints.append(f"shifts by {shift:.3f}: {seen['shifts']}")
        wide = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        if wide > 0:
            self.complaints.append(f"is {wide} px wider than its window")

    def _judge_with_axe(self) -> None:
        # Evaluated through the debugger: the page's policy stays as strict as it is.
        self.page.evaluate(AXE)
        self.complaints += [
            f"axe, {impact}: {words}"
            for impact, words in self.page.evaluate(_AXE_RUN)
            if impact in _JUDGED
        ]

    def keep_console(self, message: ConsoleMessage) -> None:
        # A page that answers 403 or 404 says so here: it is no fault of the page.
        if message.type == "error" and "the server responded with a status" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def keep_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.host}/", "data:", "blob:")):
            self.complaints.append(f"asked {request.url}")


@contextmanager
def window(stocked: Stocked, windows: Windows) -> Iterator[Window]:
    """Open a window in which nobody is signed in yet."""
    with windows.fresh(stocked.url) as page:
        found = Window(page, host=stocked.url)
        page.add_init_script(_WATCH)
        page.on("console", found.keep_console)
        page.on("pageerror", lambda error: found.complaints.append(f"script: {error}"))
        page.on("request", found.keep_request)
        wire = page.context.new_cdp_session(page)
        wire.on("Network.requestWillBeSent", found.traffic.keep_request)
        wire.on("Network.loadingFinished", found.traffic.keep_weight)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        yield found
