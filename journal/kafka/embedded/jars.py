"""Kafka's jars: pinned by their hash in jars.txt, fetched once, kept in Maven's own cache."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journal.kafka.embedded.errors import BrokerUnavailable

KAFKA_VERSION = "4.3.1"

# What is being done, and the part done, 0 to 1, or None if unknown.
Progress = Callable[[str, float | None], None]

_PINS = Path(__file__).with_name("jars.txt")
_CONNECTIONS = 8


@dataclass(frozen=True)
class Jar:
    """One line of jars.txt."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    def path(self, cache: Path) -> Path:
        """Where Maven's layout has it."""
        folder = cache.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def class_path(on_progress: Progress) -> str:
    """The jars as Java's -cp; fetched by jgo if any is missing.

    They are kept in $M2_REPO, or else ~/.m2/repository. Raises BrokerUnavailable.
    """
    cache = Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")
    jars = _pinned()
    if _missing(jars, cache):
        try:
            with _one_at_a_time(cache):
                _fetch(_missing(jars, cache), cache, on_progress)
        # jgo raises RuntimeError for what no repository has; requests' errors are OSErrors.
        except (OSError, RuntimeError) as error:
            raise _not_fetched(len(_missing(jars, cache)), cache, error) from error
    return os.pathsep.join(str(jar.path(cache)) for jar in jars)


def _pinned() -> list[Jar]:
    lines = _PINS.read_text(encoding="ascii").splitlines()
    fields = [line.split() for line in lines if not line.startswith("#")]
    return [Jar(sha256, int(size), *name.split(":")) for sha256, size, name in fields]


def _missing(jars: list[Jar], cache: Path) -> list[Jar]:
    return [jar for jar in jars if not _is_whole(jar.path(cache), jar.size)]


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


@contextmanager
def _one_at_a_time(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "annals.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(jars: list[Jar], cache: Path, on_progress: Progress) -> None:
    # Imported here, because a start that finds every jar should not pay for it.
    from jgo.maven import MavenContext, PythonResolver

    total = sum(jar.size for jar in jars)
    doing = f"Fetching Apache Kafka {KAFKA_VERSION}: {len(jars)} jars, {total / 1e6:.0f} MB"
    count = _ByteCount(lambda done: on_progress(doing, done / total))
    resolver = PythonResolver(progress_callback=count.of_file)
    maven = MavenContext(resolver=resolver, repo_cache=cache)

    def fetch(jar: Jar) -> None:
        path = jar.path(cache)
        # What an interrupted fetch left would pass for the jar.
        path.unlink(missing_ok=True)
        maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        if hashlib.sha256(path.read_bytes()).hexdigest() != jar.sha256:
            path.unlink()
            raise OSError(f"{path.name} is not the file that was pinned: its SHA-256 differs")

    on_progress(doing, 0)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        tasks = [pool.submit(fetch, jar) for jar in jars]
        try:
            for task in tasks:
                task.result()
        finally:
            pool.shutdown(cancel_futures=True)


class _ByteCount:
    """Adds up what several connections receive, in the form that jgo reports it."""

    def __init__(self, on_change: Callable[[int], None]) -> None:
        self._on_change = on_change
        self._done = 0
        self._lock = threading.Lock()

    @contextmanager
    def of_file(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        yield self._add

    def _add(self, count: int) -> None:
        with self._lock:
            self._done += count
            self._on_change(self._done)


def _not_fetched(missing: int, cache: Path, error: Exception) -> BrokerUnavailable:
    return BrokerUnavailable(
        f"{missing} jars of Apache Kafka {KAFKA_VERSION} are neither in {cache} "
        f"nor could they be fetched from Maven's central repository: {error}"
    )
