"""Fetches Kafka's jars once into Maven's cache; jars.txt pins them by their SHA-256."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journal.kafka.embedded.errors import BrokerUnavailable

KAFKA_VERSION = "4.3.1"

#: The step, and the part of it that is done, 0 to 1, or None if unknown.
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
        """Return the jar's path in Maven's layout."""
        folder = cache.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def class_path(on_progress: Progress) -> str:
    """Return the jars as Java's -cp, and fetch them with jgo if any is missing.

    They are in $M2_REPO, or else ~/.m2/repository. Raises BrokerUnavailable.
    """
    cache = Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")
    lines = _PINS.read_text(encoding="ascii").splitlines()
    fields = [line.split() for line in lines if not line.startswith("#")]
    jars = [Jar(sha256, int(size), *name.split(":")) for sha256, size, name in fields]
    if _find_missing(jars, cache):
        try:
            cache.mkdir(parents=True, exist_ok=True)
            with (cache / "annals.lock").open("w") as lock:
                # Another process may have fetched them when the lock is free.
                fcntl.flock(lock, fcntl.LOCK_EX)
                _fetch(_find_missing(jars, cache), cache, on_progress)
        # jgo raises RuntimeError for what no repository has; requests' errors are OSErrors.
        except (OSError, RuntimeError) as error:
            raise BrokerUnavailable(
                f"{len(_find_missing(jars, cache))} jars of Apache Kafka {KAFKA_VERSION} are "
                f"neither in {cache} nor could they be fetched from Maven's central repository: "
                f"{error}"
            ) from error
    return os.pathsep.join(str(jar.path(cache)) for jar in jars)


def _find_missing(jars: Sequence[Jar], cache: Path) -> list[Jar]:
    """Return the jars absent from the cache or of another size."""
    missing = []
    for jar in jars:
        try:
            is_whole = jar.path(cache).stat().st_size == jar.size
        except OSError:
            is_whole = False
        if not is_whole:
            missing.append(jar)
    return missing


def _fetch(jars: Sequence[Jar], cache: Path, on_progress: Progress) -> None:
    # Imported here, because a start that finds every jar should not pay for it.
    from jgo.maven import MavenContext, PythonResolver

    total = sum(jar.size for jar in jars)
    step = f"Fetching Apache Kafka {KAFKA_VERSION}: {len(jars)} jars, {total / 1e6:.0f} MB"
    fetched = 0
    lock = threading.Lock()

    def count(size: int) -> None:
        nonlocal fetched
        with lock:
            fetched += size
            on_progress(step, fetched / total)

    @contextmanager
    def count_file(name: str, size: int) -> Iterator[Callable[[int], None]]:
        yield count

    maven = MavenContext(resolver=PythonResolver(progress_callback=count_file), repo_cache=cache)

    def fetch(jar: Jar) -> None:
        path = jar.path(cache)
        # The part that an interrupted fetch left would pass for the jar.
        path.unlink(missing_ok=True)
        maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        if hashlib.sha256(path.read_bytes()).hexdigest() != jar.sha256:
            path.unlink()
            raise OSError(f"{path.name} is not the file that was pinned: its SHA-256 differs")

    on_progress(step, 0)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        tasks = [pool.submit(fetch, jar) for jar in jars]
        try:
            for task in tasks:
                task.result()
        finally:
            pool.shutdown(cancel_futures=True)
