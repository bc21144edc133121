"""Requests beyond the limit of a second are answered 429, in the form of the API that was asked."""

import asyncio
import json
from typing import Any

from api.rate_limit import RequestRate

V2, V6 = "/apis/registry/v2/groups", "/apis/ccompat/v6/subjects"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def served(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def asked(rate: RequestRate, path: str) -> tuple[int, dict[bytes, bytes], Any]:
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    asyncio.run(rate({"path": path}, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), json.loads(sent[1]["body"])


def test_as_many_as_the_limit_are_taken_at_once_and_then_one_for_each_share_of_a_second() -> None:
    clock = Clock()
    rate = RequestRate(served, 4, clock)
    assert [asked(rate, V2)[0] for _ in range(6)] == [200] * 4 + [429] * 2
    clock.now += 0.25
    assert [asked(rate, V2)[0] for _ in range(2)] == [200, 429]
    clock.now += 60
    assert [asked(rate, V2)[0] for _ in range(5)] == [200] * 4 + [429]


def test_what_is_too_much_is_told_in_the_form_of_each_api() -> None:
    rate = RequestRate(served, 1, Clock())
    asked(rate, V2)
    status, headers, told = asked(rate, V2)
    assert (status, headers[b"retry-after"]) == (429, b"1")
    assert told["name"] == "TooManyRequestsException"
    assert told["detail"] == f"{told['name']}: {told['message']}"
    assert asked(rate, V6)[2].keys() == {"error_code", "message"}


def test_pages_and_probes_are_not_counted() -> None:
    rate = RequestRate(served, 1, Clock())
    assert {asked(rate, path)[0] for path in ("/ui/artifacts", "/health/live", "/metrics")} == {200}
    assert asked(rate, V2)[0] == 200
