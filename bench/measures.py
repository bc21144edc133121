"""Measurements of one node, in an order without interference."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from urllib.parse import quote

from bench import calibration
from bench.contents import name, schema
from bench.figures import Figure, Row, latency
from bench.filling import GROUP
from bench.load import Address, LoadResult, exchange, for_seconds, get, post
from bench.node_under_test import NodeUnderTest

CONNECTIONS = 16
_API = "/apis/registry/v2"
_ARTIFACTS = f"{_API}/groups/bench/artifacts"
#: Ids that are requested again and again, as clients do.
_WORKING_SET = 1000


@dataclass(frozen=True, slots=True)
class Size:
    """The extent of a run: numbers of requests and artifacts, seconds per measurement."""

    creates: int
    creates_at_once: int
    artifacts: int
    many_artifacts: int
    seconds: float


FULL = Size(
    creates=500, creates_at_once=3000, artifacts=20_000, many_artifacts=100_000, seconds=4.0
)
QUICK = Size(creates=150, creates_at_once=600, artifacts=4000, many_artifacts=20_000, seconds=1.5)


class UnexpectedResponses(Exception):
    """Responses other than 200; the message has the first of them."""


def creates(node: NodeUnderTest, size: Size) -> list[Row]:
    """Create artifacts with new contents: four records and two round trips each."""
    numbers = iter(range(10_000_000, 20_000_000))
    exchange(node.address, _uploads(numbers, 50), 4)
    sequential = exchange(node.address, _uploads(numbers, size.creates))
    bare = calibration.broker_round_trips(node.bootstrap_servers, size.creates)
    concurrent = exchange(node.address, _uploads(numbers, size.creates_at_once), CONNECTIONS)
    bare_concurrent = calibration.broker_round_trips(
        node.bootstrap_servers, size.creates_at_once, CONNECTIONS
    )
    _check_failures(sequential)
    return [
        Row(
            "create artifact, 1 client",
            [*latency(sequential.latencies, 50, 99), Figure("", sequential.per_second, "/s")],
            "one broker round trip (a create takes two)",
            [*latency(bare.latencies, 50, 99), Figure("", bare.per_second, "/s")],
        ),
        Row(
            f"create artifact, {CONNECTIONS} clients",
            [
                Figure("", concurrent.per_second, "/s"),
                *latency(concurrent.latencies, 50),
                Figure("", len(concurrent.failures), "errors"),
            ],
            f"broker round trips, {CONNECTIONS} under way",
            [Figure("", bare_concurrent.per_second, "/s"), *latency(bare_concurrent.latencies, 50)],
        ),
    ]


def _uploads(numbers: Iterator[int], count: int) -> Iterator[bytes]:
    for number in islice(numbers, count):
        headers = f"X-Registry-ArtifactId: {name(number)}\r\nContent-Type: application/json\r\n"
        yield post(_ARTIFACTS, schema(number), headers)


def reads(node: NodeUnderTest, ids: range, size: Size) -> list[Row]:
    """Read each id once, then some ids repeatedly, from the response cache."""
    with calibration.bare_asgi_server() as bare_address:
        _read(bare_address, ["/"], 0.3)
        bare = _read(bare_address, ["/"], size.seconds)
    mixed = random.Random(1).sample(ids, len(ids))
    rows = []
    for label, path in (
        ("GET by global id", f"{_API}/ids/globalIds/%d"),
        ("GET latest content", f"{_API}/groups/{GROUP}/artifacts/%d"),
    ):
        paths = [path % global_id for global_id in mixed]
        warm_up, once, again = paths[:200], paths[200:], paths[:_WORKING_SET]
        exchange(node.address, map(get, warm_up), CONNECTIONS)
        first = exchange(
            node.address, for_seconds(map(get, once[_WORKING_SET:]), size.seconds), CONNECTIONS
        )
        exchange(node.address, map(get, again), CONNECTIONS)
        cached = _read(node.address, again, size.seconds)
        rows += [
            _read_row(f"{label}, each once", first, bare),
            _read_row(f"{label}, {_WORKING_SET:,} of them again and again", cached, bare),
        ]
    return rows


def _read(address: Address, paths: Iterable[str], seconds: float) -> LoadResult:
    requests = cycle([get(path) for path in paths])
    return exchange(address, for_seconds(requests, seconds), CONNECTIONS)


def _read_row(label: str, read: LoadResult, bare: LoadResult) -> Row:
    _check_failures(read)
    return Row(
        label,
        [Figure("", read.per_second, "/s"), *latency(read.latencies, 50)],
        "the bare ASGI server",
        [Figure("", bare.per_second, "/s"), *latency(bare.latencies, 50)],
    )


def searches(node: NodeUnderTest, ids: range, size: Size) -> Row:
    """Search by distinct parts of names, to bypass the response cache."""
    path = f"{_API}/search/artifacts?limit=20&name="
    parts = [name(number)[3:] for number in random.Random(2).sample(ids, len(ids))]
    requests = (get(path + quote(part)) for part in parts)
    exchange(node.address, islice(requests, CONNECTIONS), CONNECTIONS)
    result = exchange(node.address, for_seconds(requests, size.seconds), CONNECTIONS)
    _check_failures(result)
    bare = calibration.name_scans(node.home / "annals.sqlite3", iter(parts), 100)
    return Row(
        f"search by name among {len(ids):,}, {CONNECTIONS} clients",
        [Figure("", result.per_second, "/s"), *latency(result.latencies, 50)],
        "SQLite alone, one look through the names",
        [Figure("", len(bare) / sum(bare), "/s"), *latency(bare, 50)],
    )


def starts(first: float, second: float, broker: tuple[float, float]) -> list[Row]:
    beside = "the embedded broker alone"
    return [
        Row(
            "first start, empty home, to ready",
            [Figure("", first, "s")],
            beside,
            [Figure("", broker[0], "s")],
        ),
        Row(
            "second start, all applied, to ready",
            [Figure("", second, "s")],
            beside,
            [Figure("", broker[1], "s")],
        ),
    ]


def memory(empty: dict[str, float], full: dict[str, float], artifacts: int) -> list[Row]:
    return [
        Row(
            f"memory, resident, {when}",
            sizes(usage, "web", "worker"),
            baseline,
            sizes(usage, "broker"),
        )
        for when, usage, baseline in (
            ("when ready", empty, "the embedded broker"),
            (f"with {artifacts:,} artifacts, after all this", full, "the embedded broker"),
        )
    ]


def sizes(memory: dict[str, float], *parts: str) -> list[Figure]:
    return [Figure(part, memory[part], "MiB") for part in parts]


def _check_failures(read: LoadResult) -> None:
    if read.failures:
        raise UnexpectedResponses(
            f"{len(read.failures)} of {len(read.latencies)}: {read.failures[0]!r}"
        )
