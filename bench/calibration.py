"""Baselines: broker, web server and database alone, on the same machine in the same run."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from bench.load import Address, LoadResult
from bench.node_under_test import ROOT
from journal.kafka.embedded import EmbeddedBroker
from journal.kafka.topics import TopicAdmin

_TIMEOUT = 20.0
_PAYLOAD = b"x" * 600
_BATCH = 8000
#: Tables that uploads fill, in the order of their foreign keys.
_FILLED_TABLES = (
    "registry_content",
    "registry_artifact",
    "registry_version",
    "journal_ledgerrow",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def broker_starts(home: Path) -> tuple[float, float]:
    """Return seconds until the embedded broker accepts connections: in an empty home, and again."""
    durations = []
    for _ in range(2):
        broker = EmbeddedBroker(home)
        started_at = time.perf_counter()
        try:
            broker.start()
            durations.append(time.perf_counter() - started_at)
        finally:
            broker.stop()
    return durations[0], durations[1]


def broker_round_trips(bootstrap_servers: str, count: int, in_flight: int = 1) -> LoadResult:
    """Measure records from `produce` to a consumer, `in_flight` at a time.

    Records are acknowledged by all replicas, without linger, on a topic of their own.
    """
    properties = {"bootstrap.servers": bootstrap_servers}
    topic = f"bench-{uuid4()}"
    TopicAdmin(properties, topic).create()
    producer = Producer({**properties, "acks": "all", "linger.ms": 0, "enable.idempotence": True})
    consumer = Consumer({**properties, "group.id": topic, "auto.offset.reset": "earliest"})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        _measure_round_trips(producer, consumer, topic, 20)
        return _measure_round_trips(producer, consumer, topic, count, in_flight)
    finally:
        consumer.close()


def _measure_round_trips(
    producer: Producer, consumer: Consumer, topic: str, count: int, in_flight: int = 1
) -> LoadResult:
    result = LoadResult()
    sent_at: list[float] = []

    def send() -> None:
        sent_at.append(time.perf_counter())
        producer.produce(topic, value=_PAYLOAD, partition=0)

    started_at = time.perf_counter()
    for _ in range(in_flight):
        send()
    while len(result.latencies) < count:
        message = consumer.poll(_TIMEOUT)
        producer.poll(0)
        if message is None:
            raise TimeoutError(f"no record came back within {_TIMEOUT:.0f} s")
        if message.error():
            raise KafkaException(message.error())
        result.latencies.append(time.perf_counter() - sent_at[len(result.latencies)])
        if len(sent_at) < count:
            send()
    result.seconds = time.perf_counter() - started_at
    return result


@contextmanager
def bare_asgi_server() -> Iterator[Address]:
    """Run the node's web server with its settings and a constant response."""
    port = free_port()
    options = "--loop uvloop --http httptools --lifespan off --no-access-log --no-server-header"
    command = f"-m uvicorn bench.bare_asgi:application --port {port} --log-level error {options}"
    process = subprocess.Popen([sys.executable, *command.split()], cwd=ROOT)
    try:
        _await_connections(("127.0.0.1", port))
        yield "127.0.0.1", port
    finally:
        process.terminate()
        try:
            process.wait(_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_connections(address: Address) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while True:
        try:
            socket.create_connection(address, timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def bare_inserts(database: Path, scratch: Path) -> float:
    """Return seconds to insert all rows of a node's tables into the same tables and indexes.

    Each transaction has as many rows as a batch of the worker, a share of each table in its order,
    with the same durability.
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source:
        schema = source.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            # Not filled here; a virtual table creates its own.
            "AND tbl_name NOT LIKE 'journal_search%'"
        ).fetchall()
        rows = {
            table: source.execute(f"SELECT * FROM {table}").fetchall() for table in _FILLED_TABLES
        }
    batches = max(1, len(rows["journal_ledgerrow"]) // _BATCH)
    with closing(sqlite3.connect(scratch, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=NORMAL")
        target.execute("PRAGMA cache_size=-16000")
        for (sql,) in schema:
            target.execute(sql)
        started_at = time.perf_counter()
        for number in range(batches):
            _insert_shares(target, rows, number, batches)
        return time.perf_counter() - started_at


def _insert_shares(
    target: sqlite3.Connection, rows: dict[str, list[Any]], number: int, batches: int
) -> None:
    target.execute("BEGIN IMMEDIATE")
    for table, all_rows in rows.items():
        start, end = (len(all_rows) * index // batches for index in (number, number + 1))
        if start < end:
            marks = ", ".join("?" * len(all_rows[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", all_rows[start:end])
    target.execute("COMMIT")


def name_scans(database: Path, parts: Iterator[str], count: int) -> list[float]:
    """Return seconds of each scan of all names for a part, by SQLite alone."""
    durations = []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for _ in range(count):
            started_at = time.perf_counter()
            connection.execute(
                "SELECT COUNT(*) FROM registry_version WHERE instr(name, ?) > 0", [next(parts)]
            ).fetchone()
            durations.append(time.perf_counter() - started_at)
    return durations
