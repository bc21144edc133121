"""Somebody who opens pages of one node, and fails the test if one of them complains."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Page, Response

from tests.browser.people import sign_in
from tests.browser.windows import Windows

AVRO = '{"type": "record", "name": "Price", "fields": [{"name": "cents", "type": "long"}]}'


@dataclass
class Visitor:
    """Opens pages of one node and keeps what their consoles complain of."""

    windows: Windows
    url: str
    complaints: list[str] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)

    def open(
        self,
        path: str,
        *,
        person: str = "",
        width: int = 1440,
        scheme: str = "light",
        has_scripts: bool = True,
    ) -> Page:
        """Return a window of its own with this page; `person`, if given, is signed in there."""
        page = self.windows.take(self.url, width=width, scheme=scheme, has_scripts=has_scripts)
        self._pages.append(page)
        if person:
            sign_in(page.context, self.url, person)
        page.on("console", self._keep_message)
        page.on("pageerror", self._keep_error)
        page.goto(path)
        return page

    def close(self, page: Page) -> None:
        self._pages.remove(page)
        page.remove_listener("console", self._keep_message)
        page.remove_listener("pageerror", self._keep_error)
        self.windows.give_back(page)

    def close_all(self) -> None:
        for page in list(self._pages):
            self.close(page)

    def upload(self, path: str, content: str = AVRO, **fields: str) -> Response:
        """Upload through the form, in a window of its own."""
        page = self.open(path)
        for name, text in fields.items():
            page.locator(f"[name={name}]").fill(text)
        page.locator("[name=text]").fill(content)
        with page.expect_navigation() as navigation:
            page.get_by_test_id("modal-btn-upload").click()
        self.close(page)
        return navigation.value

    def _keep_message(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 409 says so here: it is no fault of the page.
        if message.type == "error" and "the server responded with a status" not in message.text:
            self.complaints.append(message.text)

    def _keep_error(self, error: Error) -> None:
        self.complaints.append(str(error))


@contextmanager
def visiting(windows: Windows, url: str) -> Iterator[Visitor]:
    """Fail the test if a page wrote an error to its console, as a refusal by the CSP is."""
    visitor = Visitor(windows, url)
    try:
        yield visitor
    finally:
        visitor.close_all()
    assert visitor.complaints == []


def overflows(page: Page) -> bool:
    """Check that a page is wider than its window."""
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(wide))
