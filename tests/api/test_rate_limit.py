"""Requests beyond the limit get 429, in the form of the API that they were sent to."""

import asyncio
import json
from typing import Any

from api.rate_limit import RateLimitMiddleware

V2, V6 = "/apis/registry/v2/groups", "/apis/ccompat/v6/subjects"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def request(limiter: RateLimitMiddleware, path: str) -> tuple[int, dict[bytes, bytes], Any]:
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    asyncio.run(limiter({"type": "http", "path": path}, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), json.loads(sent[1]["body"])


def test_a_second_s_worth_of_requests_passes_at_once_and_then_one_for_each_share() -> None:
    clock = Clock()
    limiter = RateLimitMiddleware(application, 4, clock)
    assert [request(limiter, V2)[0] for _ in range(6)] == [200] * 4 + [429] * 2
    clock.now += 0.25
    assert [request(limiter, V2)[0] for _ in range(2)] == [200, 429]
    clock.now += 60
    assert [request(limiter, V2)[0] for _ in range(5)] == [200] * 4 + [429]


def test_the_error_has_the_form_of_each_api() -> None:
    limiter = RateLimitMiddleware(application, 1, Clock())
    request(limiter, V2)
    status, headers, error = request(limiter, V2)
    assert (status, headers[b"retry-after"]) == (429, b"1")
    assert error["name"] == "TooManyRequestsException"
    assert error["detail"] == f"{error['name']}: {error['message']}"
    assert request(limiter, V6)[2].keys() == {"error_code", "message"}


def test_pages_and_probes_are_not_counted() -> None:
    limiter = RateLimitMiddleware(application, 1, Clock())
    assert {
        request(limiter, path)[0] for path in ("/ui/artifacts", "/health/live", "/metrics")
    } == {200}
    assert request(limiter, V2)[0] == 200
