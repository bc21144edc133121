"""Wrong passwords slow nobody but whoever sends them; what is known is not hashed again."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from pytest_django import Settings

from access import middleware as middleware_module
from access.authentication import Authenticator, basic_authorization
from access.caller import AccessDenied, Caller, IdentityUnavailable
from access.configuration import AccessConfiguration, AuthMethod, Issuer
from access.connections import IS_CLOSED, Connection
from access.errors import AuthenticationFailed
from access.fair_queue import FairQueue
from access.journal_policy import AccessPolicy, PolicyCache
from access.middleware import AUTHENTICATOR, DELAY, AuthenticationMiddleware, caller_from_scope
from access.policy import Level, Switches
from access.principals import Principal
from access.users_file import UsersFile
from registry.roles import RoleType
from tests.issuer import Issuer as RealIssuer
from tests.own_node import Client, journal, scope
from tests.waiting import DEADLINE, until

PASSWORD = "correct horse: battery"


class CountedHashes:
    """Stands for the hashing of passwords: counts it, and waits while it is held."""

    def __init__(self) -> None:
        #: Of whom a password is or was hashed.
        self.names: list[str] = []
        self.go = threading.Event()
        self.go.set()

    def verify(self, _users: UsersFile, name: str, password: str) -> Principal:
        self.names.append(name)
        assert self.go.wait(DEADLINE)
        if password != PASSWORD:
            raise AuthenticationFailed("The name or the password is wrong.")
        return Principal(name, frozenset({RoleType.ADMIN}))


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> CountedHashes:
    counted = CountedHashes()
    monkeypatch.setattr(
        UsersFile, "verify", lambda users, name, password: counted.verify(users, name, password)
    )
    return counted


def sleep_by(monkeypatch: pytest.MonkeyPatch, sleep: Callable[[float], Any]) -> None:
    """Let the middleware hold back answers by this coroutine function."""

    class Asyncio:
        def __getattr__(self, name: str) -> Any:
            return sleep if name == "sleep" else getattr(asyncio, name)

    monkeypatch.setattr(middleware_module, "asyncio", Asyncio())


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which answers were to be held back, in place of waiting for them."""
    held_back: list[float] = []

    async def sleep(seconds: float) -> None:
        held_back.append(seconds)

    sleep_by(monkeypatch, sleep)
    return held_back


class Node:
    """The middleware of a node that takes passwords, and the callers that it identified."""

    def __init__(
        self, configuration: AccessConfiguration, now: list[float], hashes: CountedHashes
    ) -> None:
        self._hashes = hashes
        self.authenticator = Authenticator(configuration, clock=lambda: now[0])
        self.callers: list[Caller] = []
        self.middleware = AuthenticationMiddleware(
            self._answer, configuration, self.authenticator, journal().outcomes
        )

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.callers.append(caller_from_scope(scope))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask(
        self,
        name: str,
        password: str,
        address: str = "10.0.0.1",
        is_closed: Callable[[], bool] = lambda: False,
    ) -> None:
        async def send(event: Any) -> None:
            pass

        request = {
            "type": "http",
            "method": "GET",
            "path": "/apis/x",
            "client": (address, 1),
            "headers": [(b"authorization", basic_authorization(name, password))],
            IS_CLOSED: is_closed,
        }
        # Nothing of a body is received until the caller is known.
        await self.middleware(request, None, send)

    async def wait_for(self, count: int) -> None:
        """Wait until one password is being hashed, and so many more wait."""
        waiting = self.authenticator._passwords._waiting
        await asyncio.to_thread(until, lambda: self._hashes.names)
        await asyncio.to_thread(until, lambda: sum(map(len, waiting.values())) == count)


@pytest.fixture
def now() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def users(tmp_path: Path) -> Path:
    file = tmp_path / "users"
    file.write_text("alice ADMIN hash\nbert ADMIN hash\n")
    return file


@pytest.fixture
def node(
    users: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    now: list[float],
    hashes: CountedHashes,
) -> Node:
    configuration = AccessConfiguration(methods=frozenset({AuthMethod.BASIC}), users_file=users)
    settings.ANNALS_ACCESS = configuration
    # Of the hash for names that nobody has.
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    policy = AccessPolicy(Switches(authentication=True, basic_client_credentials=True))
    monkeypatch.setattr(PolicyCache, "get", lambda _: policy)
    return Node(configuration, now, hashes)


def test_passwords_of_clients_that_have_gone_are_not_hashed(
    node: Node, hashes: CountedHashes
) -> None:
    hashes.go.clear()
    is_closed = threading.Event()

    async def flood() -> None:
        wrong = [
            asyncio.ensure_future(node.ask(f"name {n}", "wrong", is_closed=is_closed.is_set))
            for n in range(100)
        ]
        await node.wait_for(99)
        is_closed.set()
        good = asyncio.ensure_future(node.ask("alice", PASSWORD))
        await node.wait_for(100)
        hashes.go.set()
        await asyncio.gather(good, *wrong)

    asyncio.run(flood())
    assert len(hashes.names) == 2
    assert hashes.names[1] == "alice"
    # The one that was being hashed is answered, the others are not.
    assert sorted(caller.name for caller in node.callers) == ["", "alice"]


@pytest.mark.parametrize("address", ["10.0.0.1", "10.0.0.2"])
@pytest.mark.parametrize("name", ["name {}", "alice", "bert"])
def test_a_flood_of_wrong_passwords_waits_behind_a_login(
    node: Node, hashes: CountedHashes, delays: list[float], address: str, name: str
) -> None:
    """From another address or from the same, for other names or for the same."""
    for number in range(20):
        asyncio.run(node.ask(name.format(number), f"before {number}", "10.0.0.1"))
    delays.clear()
    hashes.names.clear()
    hashes.go.clear()

    async def flood() -> None:
        wrong = [
            asyncio.ensure_future(node.ask(name.format(number), f"wrong {number}"))
            for number in range(100)
        ]
        await node.wait_for(99)
        good = asyncio.ensure_future(node.ask("alice", PASSWORD, address))
        await node.wait_for(100)
        hashes.go.set()
        await asyncio.gather(good, *wrong)

    asyncio.run(flood())
    assert hashes.names[1] == "alice"
    assert [caller.name for caller in node.callers[20:]].index("alice") == 1
    assert len(delays) == 100
    assert min(delays) >= 5.0


def test_more_passwords_than_may_wait_are_refused(
    node: Node, hashes: CountedHashes, delays: list[float]
) -> None:
    node.authenticator._passwords = FairQueue(1, max_waiting=10, max_of_network=8)
    hashes.go.clear()

    async def flood() -> None:
        wrong = [asyncio.ensure_future(node.ask("name 0", "wrong"))]
        await node.wait_for(0)
        wrong += [asyncio.ensure_future(node.ask(f"name {n}", "wrong")) for n in range(1, 100)]
        await asyncio.to_thread(until, lambda: len(node.callers) == 100 - 9)
        hashes.go.set()
        await asyncio.gather(*wrong)

    asyncio.run(flood())
    assert len(hashes.names) == 9
    with pytest.raises(IdentityUnavailable, match="Try again"):
        node.callers[0].require(Level.READ)


def test_the_same_password_is_hashed_once_for_all_who_wait(
    node: Node, hashes: CountedHashes
) -> None:
    hashes.go.clear()

    async def herd() -> None:
        good = [asyncio.ensure_future(node.ask("alice", PASSWORD)) for _ in range(50)]
        await node.wait_for(49)
        hashes.go.set()
        await asyncio.gather(*good)

    asyncio.run(herd())
    assert hashes.names == ["alice"]
    assert [caller.name for caller in node.callers] == ["alice"] * 50


def test_what_is_known_is_not_hashed_again_until_the_file_changes(
    node: Node, hashes: CountedHashes, users: Path, now: list[float]
) -> None:
    for _ in range(2):
        asyncio.run(node.ask("alice", PASSWORD))
        asyncio.run(node.ask("alice", "wrong"))
        now[0] += 3600
    assert hashes.names == ["alice", "alice"]
    assert [caller.name for caller in node.callers] == ["alice", ""] * 2
    with pytest.raises(AccessDenied):
        node.callers[1].require(Level.READ)
    kept = repr(vars(node.authenticator))
    assert PASSWORD not in kept
    assert basic_authorization("alice", PASSWORD).decode() not in kept
    # Another file of the same size and time, as a copy that keeps times leaves it.
    before = users.stat()
    copy = users.with_name("copy")
    copy.write_text(users.read_text().replace("hash", "HASH"))
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    copy.rename(users)
    asyncio.run(node.ask("alice", PASSWORD))
    asyncio.run(node.ask("alice", "wrong"))
    assert hashes.names == ["alice"] * 4


def test_answers_to_failures_are_held_back_and_others_are_not(
    node: Node, hashes: CountedHashes, delays: list[float], now: list[float]
) -> None:
    for number in range(8):
        asyncio.run(node.ask("alice", f"wrong {number}"))
        now[0] += 60
    assert delays == [0.25, 0.5, 1.0]
    asyncio.run(node.ask("alice", PASSWORD))
    asyncio.run(node.ask("bert", PASSWORD))
    assert delays == [0.25, 0.5, 1.0]
    # One that is known to be wrong.
    asyncio.run(node.ask("alice", "wrong 0"))
    assert delays == [0.25, 0.5, 1.0, 2.0]


def test_a_bounded_number_of_answers_is_held_back(
    node: Node, hashes: CountedHashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware_module, "_MAX_HELD_BACK", 3)

    async def flood() -> None:
        go = asyncio.Event()
        sleep_by(monkeypatch, lambda _: go.wait())
        wrong = [asyncio.ensure_future(node.ask("alice", f"wrong {n}")) for n in range(15)]
        await asyncio.to_thread(until, lambda: sum(each.done() for each in wrong) == 12)
        go.set()
        await asyncio.gather(*wrong)

    asyncio.run(flood())
    assert len(node.callers) == 15


def node_of_clients(now: list[float], hashes: CountedHashes, url: str) -> Node:
    """A node that takes names and passwords as those of OAuth 2 clients of this issuer."""
    issuer = Issuer(url=url, audience=None)
    methods = frozenset({AuthMethod.OIDC})
    return Node(AccessConfiguration(methods=methods, issuer=issuer), now, hashes)


@pytest.mark.usefixtures("node")
def test_a_client_is_not_identified_while_its_issuer_is_away(
    hashes: CountedHashes, now: list[float], delays: list[float]
) -> None:
    away = node_of_clients(now, hashes, "http://127.0.0.1:1")
    for _ in range(8):
        asyncio.run(away.ask("serdes", PASSWORD))
    with pytest.raises(IdentityUnavailable, match="can't be asked"):
        away.callers[0].require(Level.READ)
    assert delays == []


@pytest.mark.usefixtures("node")
def test_wrong_passwords_of_clients_are_counted(
    hashes: CountedHashes, now: list[float], delays: list[float], kept_issuer: RealIssuer
) -> None:
    asked = node_of_clients(now, hashes, kept_issuer.url)
    for number in range(7):
        asyncio.run(asked.ask("serdes", f"wrong {number}"))
        now[0] += 60
    assert delays == [0.25, 0.5]
    assert hashes.names == []


def test_credentials_of_a_kind_that_is_not_taken_are_no_failures(node: Node) -> None:
    connection = Connection("10.0.0.1", lambda: False)
    for _ in range(8):
        found = node.authenticator.begin(b"Bearer x", connection, allows_clients=False)
        error = found.exception(DEADLINE)
        assert isinstance(error, AuthenticationFailed)
        assert error.delay_s == 0.0


def form(node: Node, password: str) -> tuple[int, float]:
    """Sign in as alice; return the status of the answer, and how long it is held back."""
    seen = {**scope(), AUTHENTICATOR: node.authenticator, "client": ("10.0.0.1", 1)}
    defaults: dict[str, Any] = {"asgi.scope": seen}
    client = Client(**defaults)
    answer = client.post("/ui/login", {"name": "alice", "password": password})
    return answer.status_code, seen.get(DELAY, 0.0)


@pytest.mark.usefixtures("sqlite_database")
def test_the_form_counts_failures_as_well(node: Node, hashes: CountedHashes) -> None:
    failures = [form(node, f"wrong {number}") for number in range(6)]
    assert failures == [(401, 0.0)] * 5 + [(401, 0.25)]
    assert form(node, PASSWORD) == (302, 0.0)
    assert hashes.names == ["alice"] * 7
    assert form(node, PASSWORD) == (302, 0.0)
    assert form(node, "wrong 0")[0] == 401
    assert hashes.names == ["alice"] * 7


@pytest.mark.usefixtures("sqlite_database")
def test_a_form_that_finds_no_place_is_503(node: Node, hashes: CountedHashes) -> None:
    node.authenticator._passwords = FairQueue(1, max_waiting=0, max_of_network=0)
    assert form(node, PASSWORD) == (503, 5.0)
