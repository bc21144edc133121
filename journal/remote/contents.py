"""Fetches contents by their URL, of limited size and from the hosts that a setting allows."""

import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings

from registry.errors import InvalidContent

_SCHEMES = ("http", "https")
#: Seconds without a byte.
_TIMEOUT = 10


class NotFetched(InvalidContent):
    """The URL is not allowed or does not answer; the text begins with the verb."""


class FetchedTooLarge(NotFetched):
    """The content has more bytes than ANNALS_LIMIT_CONTENT_BYTES."""


def fetch_content(url: str) -> bytes:
    """Fetch a content; raises NotFetched."""
    _check_url(url)
    # Without proxies of the environment, and without other schemes.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _CheckedRedirects(),
    ):
        opener.add_handler(handler)
    limit: int = settings.ANNALS_LIMIT_CONTENT_BYTES
    try:
        with opener.open(url, timeout=_TIMEOUT) as response:
            content: bytes = response.read(limit + 1)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise NotFetched(f"is the URL {url}, which can't be fetched: {error}.") from error
    if len(content) > limit:
        raise FetchedTooLarge(f"is a URL with more than the {limit:,} bytes that are allowed.")
    return content


def _check_url(url: str) -> None:
    """Raise NotFetched for other hosts: an address could be open to this host alone."""
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


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to URLs that could be fetched themselves."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check_url(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
