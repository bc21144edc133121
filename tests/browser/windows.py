"""One Chromium, and its windows, which one test uses after the other."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests import chromium
from tests.waiting import DEADLINE

PATIENCE_MS = DEADLINE * 1000
expect.set_options(timeout=PATIENCE_MS)

_OFF = (
    # Playwright's own list, which this option replaces.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
    # Pages of Chromium itself behind its address bar, in each window: half of what one costs.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
)
_ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    f"--disable-features={','.join(_OFF)}",
)
#: Where a window waits for its next test: of the node's origin, and without scripts.
_PARKED = "/static/favicon.svg"
_MOST_PARKED = 6
_HEIGHT = 800


@contextmanager
def browser_running() -> Iterator[Browser]:
    path = os.environ.get(chromium.VARIABLE) or chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@dataclass(frozen=True)
class _Kind:
    url: str
    has_scripts: bool


@dataclass
class Windows:
    """Keeps windows that were given back: a new one costs as much as five pages in an old one.

    Each has its own cookies and storage, and none of the test before.
    """

    browser: Browser
    _kinds: dict[Page, _Kind] = field(default_factory=dict)
    _parked: list[Page] = field(default_factory=list)

    def take(
        self,
        url: str,
        *,
        width: int = 1440,
        height: int = _HEIGHT,
        scheme: str = "light",
        has_scripts: bool = True,
    ) -> Page:
        """Return an empty window whose paths are those of `url`; `scheme` is light or dark."""
        kind = _Kind(url, has_scripts)
        page = next((each for each in self._parked if self._kinds[each] == kind), None)
        if page is None:
            context = self.browser.new_context(base_url=url, java_script_enabled=has_scripts)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            self._kinds[page] = kind
        else:
            self._parked.remove(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        return page

    @contextmanager
    def fresh(self, url: str, **options: Any) -> Iterator[Page]:
        """Open a window that is used once: for options of it that can't be taken back."""
        context = self.browser.new_context(base_url=url, **options)
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
        context.close()

    def give_back(self, page: Page) -> None:
        """Empty it and keep it, unless its node is gone."""
        try:
            self._empty(page)
        except Error:
            self._close(page)
            return
        self._parked.append(page)
        while len(self._parked) > _MOST_PARKED:
            self._close(self._parked.pop(0))

    def _empty(self, page: Page) -> None:
        for each in page.context.pages:
            if each is not page:
                each.close()
        page.context.clear_cookies()
        page.mouse.move(0, 0)
        parked = page.goto(self._kinds[page].url + _PARKED)
        assert parked is not None
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")

    def _close(self, page: Page) -> None:
        del self._kinds[page]
        page.context.close()


@dataclass
class Chromium:
    """`loop` is Playwright's, which runs in this thread for as long as the browser."""

    windows: Windows
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def in_use(self) -> Iterator[Windows]:
        """Let the loop count as running: beside one, Django's ORM and other loops refuse to work.

        Playwright works only inside the block, the rest of the process outside of it.
        """
        asyncio._set_running_loop(self.loop)
        try:
            yield self.windows
        finally:
            asyncio._set_running_loop(None)


@contextmanager
def chromium_running() -> Iterator[Chromium]:
    with browser_running() as browser:
        running = Chromium(Windows(browser), asyncio.get_running_loop())
        asyncio._set_running_loop(None)
        try:
            yield running
        finally:
            asyncio._set_running_loop(running.loop)
