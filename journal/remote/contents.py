"""Contents that somebody names by their URL: fetched from hosts that a setting allows, bounded."""

import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings

from registry.errors import InvalidContent

_SCHEMES = ("http", "https")
#: Seconds without a byte.
_PATIENCE = 10


class NotFetched(InvalidContent):
    """The URL is not allowed or does not answer; the text begins with the verb."""


class FetchedTooLarge(NotFetched):
    """There are more bytes than ANNALS_LIMIT_CONTENT_BYTES."""


def fetched(url: str) -> bytes:
    """Raises NotFetched."""
    _check(url)
    limit: int = settings.ANNALS_LIMIT_CONTENT_BYTES
    try:
        with _opener().open(url, timeout=_PATIENCE) as answer:
            content: bytes = answer.read(limit + 1)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise NotFetched(f"is the URL {url}, which can't be fetched: {error}.") from error
    if len(content) > limit:
        raise FetchedTooLarge(f"is a URL with more than the {limit:,} bytes that are allowed.")
    return content


def _check(url: str) -> None:
    """Raises NotFetched; an address that is not public could be meant for nobody but this host."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError as error:
        raise NotFetched(f"looks like a URL and is none: {error}.") from error
    if parts.scheme.lower() not in _SCHEMES:
        raise NotFetched(f"is a URL of {parts.scheme}; http and https are fetched.")
    if host not in settings.ANNALS_FETCH_HOSTS:
        raise NotFetched(
            f"is a URL of {host}, which is none of the hosts that ANNALS_FETCH_HOSTS "
            "allows; send the content itself."
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Followed only to where a request could lead, too."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """Without proxies of the environment, and without schemes other than http and https."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener
