"""Draws the pictures of README.md from real data: `make screenshots`.

A broker and two nodes are started for it and end with it: one holds real schemas and a shop's
orders in three versions, the other the recorded journal of the incident.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import django
import httpx
from playwright.sync_api import Browser, Page

sys.path[0] = str(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "node.settings")
django.setup()

from journal.dumps.reading import DumpReader  # noqa: E402
from journal.kafka.embedded import EmbeddedBroker  # noqa: E402 - after Django's setup
from journal.kafka.loader import load_records  # noqa: E402
from tests.browser.stocked import upload_orders, upload_real_schemas  # noqa: E402
from tests.browser.windows import browser_running  # noqa: E402
from tests.journals import DATA  # noqa: E402
from tests.kafka_fixture import create_topic  # noqa: E402
from tests.nodes import NodeProcess, node_process, unused_port  # noqa: E402

_IMAGES = Path(__file__).parent / "images"
_WIDTH, _HEIGHT = 1440, 800
_ALL = 1000
_PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Picture:
    """`shows` is what is waited for before it is taken."""

    name: str
    path: str
    shows: str
    scheme: str = "light"


_OF_SHOP = (
    Picture("artifacts", "/ui/artifacts?q=order", "[data-testid=artifact-list]"),
    Picture("compare", "/ui/artifacts/shop/order/versions/3/compare?with=2", "main table"),
    Picture("journal", "/ui/journal", "main [data-row]", "dark"),
)
_OF_INCIDENT = (Picture("health", "/ui/health", "#J03"),)


def main() -> None:
    """Writes docs/images/*.png."""
    with ExitStack() as ends, tempfile.TemporaryDirectory() as folder:
        browser = ends.enter_context(browser_running())
        broker = EmbeddedBroker(Path(folder) / "broker")
        ends.callback(broker.stop)
        kafka = broker.start()
        shop = _node(Path(folder) / "shop", kafka, "kafkasql-journal", ends)
        with httpx.Client(base_url=shop.url, timeout=60) as client:
            upload_real_schemas(client, _ALL)
            upload_orders(client)
        _load_incident(kafka)
        incident = _node(Path(folder) / "incident", kafka, "incident", ends)
        _IMAGES.mkdir(exist_ok=True)
        for node, pictures in ((shop, _OF_SHOP), (incident, _OF_INCIDENT)):
            for picture in pictures:
                _take(browser, node.url, picture)


def _node(home: Path, kafka: str, topic: str, ends: ExitStack) -> NodeProcess:
    environment = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": topic}
    node = node_process(home, unused_port(), **environment)
    ends.callback(node.stop)
    node.start().wait_until_ready()
    return node


def _load_incident(kafka: str) -> None:
    create_topic(kafka, "incident")
    with (DATA / "incident-dump.jsonl").open("rb") as dump:
        load_records({"bootstrap.servers": kafka}, "incident", list(DumpReader(dump)))


def _take(browser: Browser, url: str, picture: Picture) -> None:
    page: Page = browser.new_page(
        base_url=url,
        viewport={"width": _WIDTH, "height": _HEIGHT},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        timezone_id="UTC",
    )
    page.goto(picture.path)
    page.locator(picture.shows).first.wait_for(timeout=_PATIENCE_MS)
    page.locator("[data-state][data-shown]").wait_for(timeout=_PATIENCE_MS)
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    file = _IMAGES / f"{picture.name}.png"
    page.screenshot(path=file, scale="css")
    page.close()
    print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
