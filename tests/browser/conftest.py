"""Pages in the system's Chromium, before a node in a process of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from tests.nodes import NodeProcess

_CHROMIUM = os.environ.get("ANNALS_TEST_CHROMIUM", "/usr/bin/chromium")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Two browsers and their nodes share two cores; tests that hold a bar of seconds name it themselves.
_PATIENCE = 30_000
expect.set_options(timeout=_PATIENCE)

AVRO = '{"type": "record", "name": "Price", "fields": [{"name": "cents", "type": "long"}]}'


@dataclass
class Visitor:
    """Opens pages of one node and keeps what their consoles complain of."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str, *, width: int = 1440, scheme: str = "light") -> Page:
        """A new window; `scheme` is light or dark."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.on("console", self._keep)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path)
        return page

    def upload(self, path: str, content: str = AVRO, **fields: str) -> Response:
        """Through the form, in a window of its own."""
        page = self.open(path)
        for name, text in fields.items():
            page.locator(f"[name={name}]").fill(text)
        page.locator("[name=text]").fill(content)
        with page.expect_navigation() as navigation:
            page.get_by_test_id("modal-btn-upload").click()
        page.context.close()
        return navigation.value

    def _keep(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 409 says so here: it is no fault of the page.
        if message.type == "error" and "the server responded with a status" not in message.text:
            self.complaints.append(message.text)


@contextmanager
def browser_running() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for longer: what Playwright runs in this thread is in Django's way."""
    with browser_running() as browser:
        yield browser


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Visitor]:
    """Fails the test if a page wrote an error to its console, as a refusal by the CSP is."""
    visitor = Visitor(browser, url)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.complaints == []


@pytest.fixture
def visitor(browser: Browser, live_node: NodeProcess) -> Iterator[Visitor]:
    """Of a node on an empty journal."""
    with visiting(browser, live_node.url) as visitor:
        yield visitor


@pytest.fixture
def guest(browser: Browser, kept_node: NodeProcess) -> Iterator[Visitor]:
    """Of a node that all tests of the file share: each has a group of its own there."""
    with visiting(browser, kept_node.url) as visitor:
        yield visitor
