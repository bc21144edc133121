"""The embedded broker, as a node has it: real Kafka, real kills."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from journal.kafka.embedded import BrokerUnavailable, EmbeddedBroker
from tests.kafka_fixture import new_topic
from tests.waiting import DEADLINE, until

ROOT = Path(__file__).resolve().parents[2]
NODE = """
import signal, sys
from pathlib import Path
from journal.kafka.embedded import EmbeddedBroker
broker = EmbeddedBroker(Path(sys.argv[1]))
print(broker.start(), broker.pid, flush=True)
signal.pause()
"""

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "var"


@pytest.fixture(scope="module")
def broker(home: Path) -> Iterator[EmbeddedBroker]:
    """One for all tests that can bring it to the state which they need."""
    broker = EmbeddedBroker(home)
    yield broker
    broker.stop()


@pytest.fixture
def address(broker: EmbeddedBroker) -> str:
    """Of the broker, which runs."""
    return broker.address_if_running() or broker.start()


@pytest.fixture
def stopped(broker: EmbeddedBroker, address: str) -> EmbeddedBroker:
    """The broker, which has run and was stopped."""
    broker.stop()
    return broker


@pytest.fixture
def another_home(tmp_path: Path) -> Path:
    """In which no broker was started yet."""
    return tmp_path / "var"


def brokers_of(home: Path) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cwd", "status"])
        if process.info["cwd"] == str(home.resolve() / "broker")
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def say(address: str, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": address})
    producer.produce(topic, value)
    assert producer.flush(DEADLINE) == 0


def hear(address: str, topic: str) -> bytes | None:
    consumer = Consumer({"bootstrap.servers": address, "group.id": "unused"})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        message = consumer.poll(DEADLINE)
        assert message is not None
        assert message.error() is None
        value: bytes | None = message.value()
        return value
    finally:
        consumer.close()


def test_what_was_said_survives_a_restart_on_the_same_port(
    broker: EmbeddedBroker, address: str
) -> None:
    topic = new_topic(address)
    say(address, topic, b"kept")
    broker.stop()
    assert not broker.is_running()
    assert broker.start() == address
    assert hear(address, topic) == b"kept"


def test_it_listens_on_loopback_only(broker: EmbeddedBroker, address: str) -> None:
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(broker.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 2
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_the_broker_of_a_killed_node_is_ended_before_the_next_one_starts(
    home: Path, stopped: EmbeddedBroker
) -> None:
    command = [sys.executable, "-c", NODE, str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        address, pid = node.stdout.readline().split()
        topic = new_topic(address)
        say(address, topic, b"kept")
        node.kill()
    assert brokers_of(home) == [int(pid)]
    assert EmbeddedBroker(home).address_if_running() == address

    assert stopped.start() == address
    assert brokers_of(home) == [stopped.pid]
    assert hear(address, topic) == b"kept"


def test_a_strangers_process_with_a_reused_pid_is_left_alone(
    home: Path, stopped: EmbeddedBroker
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (home / "broker" / "broker.pid").write_text(str(stranger.pid))
        stopped.start()
        assert stranger.poll() is None


def test_ctrl_c_in_the_terminal_is_not_for_the_broker(broker: EmbeddedBroker, address: str) -> None:
    assert broker.pid is not None
    assert os.getpgid(broker.pid) != os.getpgid(0)


def test_a_broker_that_died_starts_again_on_the_same_port(
    broker: EmbeddedBroker, address: str
) -> None:
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    # Leaves the exit status for the broker's own poll.
    os.waitid(os.P_PID, broker.pid, os.WEXITED | os.WNOWAIT)
    assert not broker.is_running()
    assert broker.exit_code == -signal.SIGKILL
    assert broker.start() == address


def test_a_start_that_is_interrupted_leaves_no_broker_behind(another_home: Path) -> None:
    pid_file = another_home / "broker" / "broker.pid"
    command = [sys.executable, "-c", NODE, str(another_home)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as node:
        until(lambda: pid_file.exists() or node.poll() is not None)
        node.send_signal(signal.SIGINT)
        assert node.stderr is not None
        assert "KeyboardInterrupt" in node.stderr.read()
    assert brokers_of(another_home) == []


def test_a_remembered_port_that_is_taken_gives_way_to_a_free_one(
    stopped: EmbeddedBroker, address: str
) -> None:
    with socket.create_server(("127.0.0.1", int(address.partition(":")[2]))):
        assert stopped.start() != address


def test_a_wanted_port_that_is_taken_is_said(another_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BrokerUnavailable, match=f"Port {port}.* is taken"):
            EmbeddedBroker(another_home, port).start()


def test_a_broker_that_ends_during_its_start_shows_its_last_words(another_home: Path) -> None:
    broker = EmbeddedBroker(another_home)
    data = another_home / "broker" / "data"
    data.mkdir(parents=True)
    (data / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=another\n")
    with pytest.raises(BrokerUnavailable) as failed:
        broker.start()
    assert str(broker.log_path) in str(failed.value)
    assert "Stored node id 7 doesn't match" in str(failed.value)
    assert not broker.is_running()


def test_the_log_of_the_start_before_is_kept_and_no_more(stopped: EmbeddedBroker) -> None:
    older = stopped.log_path.with_suffix(".log.1")
    older.write_text("of two starts before")
    last = stopped.log_path.read_text()
    stopped.start()
    names = sorted(file.name for file in stopped.log_path.parent.iterdir())
    assert names == ["broker.log", "broker.log.1"]
    assert older.read_text() == last
    assert "Kafka Server started" in last


def test_without_network_the_error_says_what_is_missing_and_what_to_set(
    another_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "m2"
    monkeypatch.setenv("M2_REPO", str(cache))
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed}")
    progress: list[tuple[str, float | None]] = []
    with pytest.raises(BrokerUnavailable) as failed:
        EmbeddedBroker(another_home).start(lambda doing, part: progress.append((doing, part)))
    assert "46 jars of Apache Kafka 4.3.1" in str(failed.value)
    assert str(cache) in str(failed.value)
    assert "KAFKA_BOOTSTRAP_SERVERS" in str(failed.value)
    assert progress == [("Fetching Apache Kafka 4.3.1: 46 jars, 45 MB", 0)]
