"""The one HTTP client: other machines are asked within limits of bytes and of time."""

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

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import HTTPAdapter

_SCHEMES = ("http", "https")
_MAX_REDIRECTS = 10
_CHUNK_BYTES = 65_536
_HEADERS = {"Accept": "*/*", "Connection": "close"}


class RemoteError(Exception):
    """Another machine could not be asked; the text says why, without the machine's address."""


class NoResponse(RemoteError):
    """Nothing came in time, or no HTTP."""


class HttpStatusError(RemoteError):
    """The status of the response is not 2xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"HTTP Error {status}: {reason}")
        self.status = status


class ResponseTooLarge(RemoteError):
    """The response is longer than the caller takes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a caller takes: `max_bytes` of a response's body, and seconds.

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
) -> bytes:
    """Return the body of a response with status 2xx; raises RemoteError.

    A redirect is an error, unless there is a `check_url`: that is called with each URL before it
    is asked, the first one included, and raises where it may not be.
    `auth` is a name and a password (RFC 7617); a redirect takes them to no other URL.
    """
    return _send("GET", url, limits, {"auth": auth}, check_url)


def post_form(
    url: str,
    form: Mapping[str, str],
    limits: Limits,
    *,
    auth: tuple[bytes, bytes] | None = None,
) -> bytes:
    """Return the body of a response with status 2xx; raises RemoteError, also for a redirect."""
    return _send("POST", url, limits, {"data": form, "auth": auth}, None)


def _send(
    method: str,
    url: str,
    limits: Limits,
    first: Mapping[str, Any],
    check_url: Callable[[str], None] | None,
) -> bytes:
    # Here, because most processes ask no other machine, and the import takes long.
    from requests import RequestException
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError

    result: Future[bytes] = Future()

    def run() -> None:
        try:
            # An adapter without a Session, which would take proxies and passwords from the
            # environment and read the whole body of a redirect.
            with closing(HTTPAdapter()) as adapter:
                result.set_result(_follow(adapter, method, url, limits, first, check_url))
        except Exception as error:
            result.set_exception(error)

    # A thread, because neither the resolution of a name nor the headers of a response have a limit
    # of time otherwise.
    threading.Thread(target=run, name="http", daemon=True).start()
    try:
        return result.result(limits.total_s)
    except TimeoutError as error:
        raise _late(limits) from error
    except (RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        raise NoResponse(_reason(error)) from error


def _follow(
    adapter: "HTTPAdapter",
    method: str,
    url: str,
    limits: Limits,
    first: Mapping[str, Any],
    check_url: Callable[[str], None] | None,
) -> bytes:
    from requests import Request, Session

    deadline = time.monotonic() + limits.total_s
    # Of what Requests takes from the environment, REQUESTS_CA_BUNDLE counts here, as at sign-in.
    verify = Session().merge_environment_settings(url, {}, True, None, None)["verify"] or True
    more = first
    for _ in range(_MAX_REDIRECTS + 1):
        request = Request(method, url, headers=_HEADERS, **more).prepare()
        assert request.url is not None
        # As it was prepared, because parsers differ over URLs such as http://a\@b/.
        _check(request.url)
        if check_url is not None:
            check_url(request.url)
        if request.url.startswith("https:"):
            # The system's certificates; `verify` adds those of certifi or of a bundle.
            adapter.poolmanager.connection_pool_kw["ssl_context"] = ssl.create_default_context()
        with adapter.send(request, stream=True, timeout=limits.idle_s, verify=verify) as response:
            if not response.is_redirect or check_url is None:
                return _read_body(response, limits, deadline)
            # http.client reads bytes beyond ASCII as Latin-1.
            location = quote(response.headers["Location"], string.punctuation, "latin-1")
            url, more = urljoin(request.url, location), {}
    raise NoResponse(f"more than {_MAX_REDIRECTS} redirects")


def _check(url: str) -> None:
    """Raise NoResponse for other schemes, and for passwords in a URL, which errors would show."""
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
