"""The queue of credentials to check, and the failures that hold back answers."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait

import pytest

from access.connections import Connection, connection_of
from access.errors import AuthenticationFailed, CredentialsUnchecked
from access.failures import Failures
from access.fair_queue import FairQueue
from tests.waiting import DEADLINE


def connection_from(network: str) -> Connection:
    return Connection(network, lambda: False)


class Held:
    """A queue with one thread, which waits for `release`; what has run is listed."""

    def __init__(self, max_waiting: int = 1000, max_of_network: int = 1000) -> None:
        self.queue = FairQueue(1, max_waiting, max_of_network)
        self.ran: list[str] = []
        self._go = threading.Event()
        started = threading.Event()

        def hold() -> None:
            started.set()
            self._go.wait(DEADLINE)

        self._futures = [self.queue.submit(connection_from("first"), hold, lambda: 0)]
        assert started.wait(DEADLINE)

    def add(
        self, network: str, name: str, rank: int = 0, is_closed: Callable[[], bool] = lambda: False
    ) -> Future[None]:
        connection = Connection(network, is_closed)
        future = self.queue.submit(connection, lambda: self.ran.append(name), lambda: rank)
        self._futures.append(future)
        return future

    def release(self) -> list[str]:
        """Return what ran, in its order."""
        self._go.set()
        assert not wait(self._futures, DEADLINE).not_done
        return self.ran


def test_networks_take_turns() -> None:
    held = Held()
    for number in range(50):
        held.add("attacker", f"wrong {number}")
    held.add("other", "good")
    held.add("other", "good too")
    ran = held.release()
    assert {ran.index("good"), ran.index("good too")} == {0, 2}


def test_a_network_without_a_turn_lately_is_before_many_others() -> None:
    held = Held()
    for number in range(300):
        held.add(f"attacker {number}", "wrong")
    held.add("other", "good")
    assert held.release().index("good") == 0


def test_a_network_that_never_has_two_waiting_holds_up_nobody() -> None:
    held = Held()

    def again() -> None:
        held.ran.append("wrong")
        if len(held.ran) < 50:
            held.queue.submit(connection_from("attacker"), again, lambda: 0)

    held.queue.submit(connection_from("attacker"), again, lambda: 0)
    held.add("other", "good")
    held.add("other", "good too")
    held.add("other", "good again")
    assert held.release().index("good again") <= 4


def test_of_a_network_names_that_failed_less_go_first_and_then_the_newest() -> None:
    held = Held()
    for name, rank in (("failed", 3), ("old", 0), ("failed often", 9), ("new", 0)):
        held.add("proxy", name, rank)
    assert held.release() == ["new", "old", "failed", "failed often"]


def test_ranks_count_as_they_are_when_one_is_chosen() -> None:
    held = Held()
    failures = {"attacked": 0}
    held.add("proxy", "first", 1)
    held.queue.submit(
        connection_from("proxy"),
        lambda: held.ran.append("attacked"),
        lambda: failures["attacked"],
    )
    failures["attacked"] = 2
    held.add("proxy", "last", 3)
    assert held.release() == ["first", "attacked", "last"]


def test_what_nobody_waits_for_any_more_is_not_done() -> None:
    held = Held()
    is_closed = threading.Event()
    futures = [held.add("attacker", "wrong", is_closed=is_closed.is_set) for _ in range(90)]
    held.add("attacker", "good")
    is_closed.set()
    assert held.release() == ["good"]
    assert all(isinstance(each.exception(), CredentialsUnchecked) for each in futures)


def test_closed_connections_take_no_place_of_others() -> None:
    held = Held(max_waiting=10, max_of_network=10)
    is_closed = threading.Event()
    for _ in range(10):
        held.add("attacker", "wrong", is_closed=is_closed.is_set)
    is_closed.set()
    good = [held.add("attacker", f"good {number}") for number in range(10)]
    assert len(held.release()) == 10
    assert not any(future.exception() for future in good)


def test_whoever_has_most_gives_way() -> None:
    held = Held(max_waiting=10, max_of_network=8)
    wrong = [held.add("attacker", f"wrong {number}", rank=5) for number in range(100)]
    good = [held.add(f"other {number}", f"good {number}") for number in range(5)]
    same = held.add("attacker", "good too")
    ran = held.release()
    assert {"good 0", "good 1", "good 2", "good 3", "good 4", "good too"} <= set(ran)
    assert len(ran) == 10
    refused = [future for future in wrong if future.exception()]
    assert len(refused) == 100 - 4
    assert all(isinstance(each.exception(), CredentialsUnchecked) for each in refused)
    assert not any(future.exception() for future in [*good, same])


class Attempts:
    """Failures of logins, at times of a clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0
        self.failures = Failures(clock=lambda: self.now)

    def fail(self, name: str, network: str) -> float:
        error = AuthenticationFailed("wrong")
        with (
            pytest.raises(AuthenticationFailed),
            self.failures.counting(name.encode(), network),
        ):
            raise error
        return error.delay_s

    def fail_and_wait(self, name: str, network: str) -> float:
        """Fail again once the answer is there."""
        delay_s = self.fail(name, network)
        self.now += delay_s
        return delay_s

    def succeed(self, name: str, network: str) -> None:
        with self.failures.counting(name.encode(), network):
            pass


def test_failures_hold_back_the_answers_to_a_network_and_to_a_name() -> None:
    attempts = Attempts()
    one_network = [attempts.fail_and_wait(f"name {number}", "10.0.0.1") for number in range(12)]
    assert one_network == [0.0] * 5 + [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    one_name = [attempts.fail_and_wait("admin", f"10.1.0.{number}") for number in range(7)]
    assert one_name == [0.0] * 5 + [0.25, 0.5]
    assert attempts.fail("nobody", "10.2.0.1") == 0.0
    attempts.succeed("admin", "10.0.0.1")
    assert attempts.fail_and_wait("admin", "10.3.0.1") == 0.0
    assert attempts.fail_and_wait("nobody", "10.0.0.1") == 5.0
    for _ in range(100):
        assert attempts.fail_and_wait("admin", "10.0.0.1") == 5.0
    attempts.now += 3600
    assert attempts.fail("admin", "10.0.0.1") == 0.0


def test_many_failures_at_once_are_answered_one_after_another() -> None:
    attempts = Attempts()
    at_once = [attempts.fail(f"name {number}", "10.0.0.1") for number in range(100)]
    assert at_once[:8] == [0.0] * 5 + [0.25, 0.75, 1.75]
    assert at_once[-1] == 55.0
    assert attempts.fail("other", "10.0.0.2") == 0.0


def test_a_bounded_number_of_names_and_networks_is_counted() -> None:
    attempts = Attempts()
    for _ in range(7):
        attempts.fail("first", "10.0.0.1")
    for number in range(10_010):
        attempts.fail(f"name {number}", "10.0.0.2")
    assert len(attempts.failures._tallies) == 10_000
    attempts.now += 120
    assert attempts.fail("other", "10.0.0.2") == 5.0


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "unknown", False),
        ("unknown", "x" * 60_000, True),
    ],
)
def test_an_ipv6_network_is_one_client(first: str, second: str, is_same: bool) -> None:
    networks = {connection_of({"client": (address, 1)}).network for address in (first, second)}
    assert (len(networks) == 1) == is_same


def test_a_socket_of_the_file_system_is_one_client() -> None:
    assert connection_of({"client": None}) == connection_of({})
    assert not connection_of({}).is_closed()
