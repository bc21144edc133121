"""The home folder: one node at a time, one secret for good."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from node.config.home import Home, HomeLocked

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from pathlib import Path
from node.config.home import Home
with Home(Path(sys.argv[1])).lock("http://127.0.0.1:8080"):
    print("claimed", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other_node(home: Home) -> Iterator[subprocess.Popen[str]]:
    node = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with node:
        assert node.stdout is not None
        assert node.stdout.readline() == "claimed\n"
        yield node
        node.kill()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "var")


def test_a_home_is_created_for_its_owner_alone(home: Home) -> None:
    with home.lock("http://127.0.0.1:8080"):
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_second_node_is_told_who_holds_the_home(home: Home) -> None:
    with other_node(home) as holder:
        with pytest.raises(HomeLocked) as refused, home.lock("http://127.0.0.1:8081"):
            pass
        assert str(home.path) in str(refused.value)
        assert f"pid {holder.pid}" in str(refused.value)
        assert "since 20" in str(refused.value)
        assert "http://127.0.0.1:8080" in str(refused.value)


def test_a_refused_second_node_leaves_the_holders_line_alone(home: Home) -> None:
    with other_node(home) as holder:
        for _ in range(2):
            with (
                pytest.raises(HomeLocked, match=f"pid {holder.pid},"),
                home.lock("http://127.0.0.1:8081"),
            ):
                pass


def test_the_home_of_a_killed_node_is_free(home: Home) -> None:
    with other_node(home) as holder:
        holder.kill()
        holder.wait()
        with home.lock("http://127.0.0.1:8081"):
            pass


def test_a_home_can_be_claimed_again_after_its_release(home: Home) -> None:
    for _ in range(2):
        with home.lock("http://127.0.0.1:8080"):
            pass


def test_a_holder_that_has_not_yet_said_its_name_is_still_respected(home: Home) -> None:
    with home.lock("http://127.0.0.1:8080"):
        (home.path / "node.lock").write_text("")
        with pytest.raises(HomeLocked, match="just starting"), home.lock("http://127.0.0.1:8081"):
            pass


def test_the_secret_key_stays_the_same(home: Home) -> None:
    assert home.secret_key() == Home(home.path).secret_key()
    assert len(home.secret_key()) >= 50


def test_the_secret_key_is_readable_by_its_owner_alone(home: Home) -> None:
    home.secret_key()
    assert stat.S_IMODE((home.path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_secret_key(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: home.secret_key(), range(8)))
    assert len(keys) == 1
    assert [file.name for file in home.path.iterdir()] == ["secret_key"]
