"""Fetches contents by their URL, of limited size and from the hosts of a setting."""

from functools import cache
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from django.conf import settings

from journal.remote import http
from registry.errors import FetchersBusy, InvalidContent

_SCHEMES = ("http", "https")
_IDLE_S = 10
_TOTAL_S = 60
#: At once; each has a thread and holds a content.
_MAX_FETCHES = 32


class NotFetched(InvalidContent):
    """The URL is not allowed or does not answer; the text begins with the verb."""


class FetchedTooLarge(NotFetched):
    """The content has more bytes than ANNALS_LIMIT_CONTENT_BYTES."""


def fetch_content(url: str) -> bytes:
    """Fetch a content; raises NotFetched, FetchersBusy."""
    _check_url(url)
    if not _places().acquire(blocking=False):
        raise FetchersBusy
    limit: int = settings.ANNALS_LIMIT_CONTENT_BYTES
    try:
        return http.get(url, http.Limits(limit, _IDLE_S, _TOTAL_S), check_url=_check_url)
    except http.ResponseTooLarge as error:
        message = f"is a URL with more than the {limit:,} bytes that are allowed."
        raise FetchedTooLarge(message) from error
    except http.RemoteError as error:
        raise NotFetched(f"is the URL {url}, which can't be fetched: {error}.") from error
    finally:
        _places().release()


@cache
def _places() -> BoundedSemaphore:
    return BoundedSemaphore(_MAX_FETCHES)


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
