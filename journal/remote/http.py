"""The only HTTP client: requests have limits of bytes and time."""

import ssl
import string
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from registry.waiting import wait_for

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

_SCHEMES = ("http", "https")
_MAX_REDIRECTS = 10
_CHUNK_BYTES = 65_536
_HEADERS = {"Accept": "*/*", "Connection": "close"}


class RemoteError(Exception):
    """A failed request to another machine; the text is the reason, without the address."""


class NoResponse(RemoteError):
    """No response in time, or none in HTTP."""


class HttpStatusError(RemoteError):
    """The status of the response is not 2xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"HTTP Error {status}: {reason}")
        self.status = status


class ResponseTooLarge(RemoteError):
    """The response is longer than the caller's limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a response: `max_bytes` of its body, and seconds.

    `idle_s` is the time to connect, and the time without a byte; `total_s` is the time for all of
    it, from the name's resolution to the last byte after the last redirect.
    """

    max_bytes: int
    idle_s: float
    total_s: float


def get(
    url: str,
    limits: Limits,
    *,
    auth: tuple[bytes, bytes] | None = None,
    check_url: Callable[[str], None] | None = None,
    through_proxy: bool = False,
) -> bytes:
    """Return the body of a response with status 2xx; raises RemoteError.

    A redirect is an error, unless there is a `check_url`: that is called with each URL before it
    is asked, the first one included, and raises where it may not be.
    `auth` is a name and a password (RFC 7617); a redirect takes them to no other URL.
    `through_proxy` asks through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
    """
    return _send("GET", url, limits, {"auth": auth}, check_url, through_proxy=through_proxy)


def post_form(
    url: str,
    form: Mapping[str, str],
    limits: Limits,
    *,
    auth: tuple[bytes, bytes] | None = None,
    through_proxy: bool = False,
) -> bytes:
    """Return the body of a response with status 2xx; raises RemoteError, also for a redirect."""
    first = {"data": form, "auth": auth}
    return _send("POST", url, limits, first, None, through_proxy=through_proxy)


def _send(
    method: str,
    url: str,
    limits: Limits,
    first: Mapping[str, Any],
    check_url: Callable[[str], None] | None,
    *,
    through_proxy: bool,
) -> bytes:
    # Here, because most processes ask no other machine, and the import takes long.
    from requests import RequestException
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError

    exchange = _Exchange(limits, check_url, through_proxy)
    result: Future[bytes] = Future()

    def run() -> None:
        try:
            # An adapter without a Session, which would take passwords from the environment and
            # read the whole body of a redirect.
            with closing(HTTPAdapter()) as adapter:
                result.set_result(exchange.follow(adapter, method, url, first))
        except Exception as error:
            result.set_exception(error)

    # A thread, because neither the resolution of a name nor the headers of a response have a limit
    # of time otherwise.
    threading.Thread(target=run, name="http", daemon=True).start()
    if not wait_for(result, limits.total_s):
        raise _late(limits)
    try:
        return result.result()
    except (RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        raise NoResponse(_reason(error)) from error


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request with its redirects."""

    limits: Limits
    check_url: Callable[[str], None] | None
    through_proxy: bool

    def follow(
        self, adapter: "HTTPAdapter", method: str, url: str, first: Mapping[str, Any]
    ) -> bytes:
        from requests import Request

        deadline = time.monotonic() + self.limits.total_s
        more = first
        for _ in range(_MAX_REDIRECTS + 1):
            request = Request(method, url, headers=_HEADERS, **more).prepare()
            assert request.url is not None
            # As it was prepared, because parsers differ over URLs such as http://a\@b/.
            _check(request.url)
            if self.check_url is not None:
                self.check_url(request.url)
            with self._send(adapter, request, request.url) as response:
                if not response.is_redirect or self.check_url is None:
                    return _read_body(response, self.limits, deadline)
                # http.client reads bytes beyond ASCII as Latin-1.
                location = quote(response.headers["Location"], string.punctuation, "latin-1")
                url, more = urljoin(request.url, location), {}
        raise NoResponse(f"more than {_MAX_REDIRECTS} redirects")

    def _send(self, adapter: "HTTPAdapter", request: "PreparedRequest", url: str) -> "Response":
        from requests import Session
        from requests.utils import select_proxy

        # What Requests takes from the environment: REQUESTS_CA_BUNDLE, as at sign-in, and proxies.
        environment = Session().merge_environment_settings(url, {}, True, None, None)
        proxies = environment["proxies"] if self.through_proxy else {}
        manager = adapter.poolmanager
        if proxy := select_proxy(url, proxies):
            manager = adapter.proxy_manager_for(proxy if "://" in proxy else f"http://{proxy}")
        if url.startswith("https:"):
            # The system's certificates; `verify` adds those of certifi or of a bundle.
            manager.connection_pool_kw["ssl_context"] = ssl.create_default_context()
        verify = environment["verify"] or True
        timeout = self.limits.idle_s
        return adapter.send(request, stream=True, timeout=timeout, verify=verify, proxies=proxies)


def _check(url: str) -> None:
    """Raise NoResponse for other schemes, and for passwords in a URL, visible in errors."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise NoResponse(f"{parts.scheme or 'no scheme'} is neither http nor https")
    if "@" in parts.netloc:
        raise NoResponse("a name or a password stands in the URL")


def _read_body(response: "Response", limits: Limits, deadline: float) -> bytes:
    if not 200 <= response.status_code < 300:
        raise HttpStatusError(response.status_code, response.reason)
    body = bytearray()
    # `read1` returns what has come; `read` would wait for the whole chunk, beyond the deadline.
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > limits.max_bytes:
            raise ResponseTooLarge(f"it is longer than {limits.max_bytes:,} bytes")
        if time.monotonic() > deadline:
            raise _late(limits)
    return bytes(body)


def _late(limits: Limits) -> NoResponse:
    return NoResponse(f"it is not whole after {limits.total_s:g} s")


def _reason(error: BaseException) -> str:
    """Return the system's words for the first cause, such as "Connection refused"."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return (isinstance(error, OSError) and error.strerror) or str(error) or repr(error)
