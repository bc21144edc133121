"""One look at one page, as one person in one window: what is wrong with what is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser.addresses import OWNED, Place
from tests.browser.stocked import LEVELS, Stocked
from tests.journals import DATA

AXE = (DATA / "vendor" / "axe-core" / "axe.min.js").read_text()
_JUDGED = {"moderate", "serious", "critical"}
#: What a reader notices is more; Chromium's own scale calls up to 0.1 good.
_MOST_SHIFT = 0.02
_HEIGHT = 800
#: Of the bytes that a page and all that it needs are, as the node compresses them.
_HEAVIEST = 150_000

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
    scheme: str
    width: int


@dataclass
class Window:
    """A page that is kept from place to place; `complaints` are of the present place."""

    page: Page
    look: Look
    host: str = ""
    complaints: list[str] = field(default_factory=list)
    is_refusal_judged: bool = False
    #: Bytes of the present place that came over the wire, nothing from a cache.
    weight: float = 0.0

    def visit(self, place: Place) -> list[str]:
        """All that is wrong with this place, as lines that name it; empty if nothing is."""
        self.complaints.clear()
        self.weight = 0.0
        answer = self.page.goto(place.path)
        assert answer is not None
        self._expect_status(place, answer.status)
        self.page.wait_for_function(_SETTLED)
        self.page.evaluate(_TWO_FRAMES)
        if self.weight > _HEAVIEST and "documentation" not in place.name:
            self.complaints.append(f"weighs {self.weight:,.0f} bytes")
        self._judge_layout()
        # All refusals are one page, which the first shows.
        if answer.status != 403 or not self.is_refusal_judged:
            self.is_refusal_judged |= answer.status == 403
            self._judge_with_axe()
        return [f"{place.path} as {self.look}: {each}" for each in self.complaints]

    def _expect_status(self, place: Place, status: int) -> None:
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

    def keep_weight(self, event: dict[str, Any]) -> None:
        self.weight += event["encodedDataLength"]

    def keep_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.host}/", "data:", "blob:")):
            self.complaints.append(f"asked {request.url}")


@contextmanager
def window(stocked: Stocked, browser: Browser, look: Look) -> Iterator[Window]:
    """Signed in as the person of `look`."""
    context = signed_in(stocked, browser, look)
    page = context.new_page()
    found = Window(page, look, host=stocked.url)
    page.on("console", found.keep_console)
    page.on("pageerror", lambda error: found.complaints.append(f"script: {error}"))
    page.on("request", found.keep_request)
    wire = context.new_cdp_session(page)
    wire.on("Network.loadingFinished", found.keep_weight)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield found
    context.close()


def signed_in(stocked: Stocked, browser: Browser, look: Look) -> BrowserContext:
    context = stocked.signed_in(
        browser,
        look.person,
        viewport={"width": look.width, "height": _HEIGHT},
        color_scheme=look.scheme,
    )
    context.add_init_script(_WATCH)
    return context
