"""Contents that a request names by their URL: fetched from hosts that a setting allows, bounded."""

import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings

from api.http import BodyTooLarge
from api.problems import BadRequest

_SCHEMES = ("http", "https")
#: Seconds without a byte.
_PATIENCE = 10
_LIMIT = "ANNALS_LIMIT_CONTENT_BYTES"


def fetched(url: str) -> bytes:
    """Raises BadRequest for a URL that is not allowed or does not answer, BodyTooLarge."""
    _check(url)
    limit: int = getattr(settings, _LIMIT)
    try:
        with _opener().open(url, timeout=_PATIENCE) as answer:
            content: bytes = answer.read(limit + 1)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise BadRequest(f"'content' is the URL {url}, which can't be fetched: {error}.") from error
    if len(content) > limit:
        raise BodyTooLarge(_LIMIT)
    return content


def _check(url: str) -> None:
    """Raises BadRequest; an address that is not public could be meant for nobody but this host."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError as error:
        raise BadRequest(f"'content' looks like a URL and is none: {error}.") from error
    if parts.scheme.lower() not in _SCHEMES:
        raise BadRequest(f"'content' is a URL of {parts.scheme}; http and https are fetched.")
    if host not in settings.ANNALS_FETCH_HOSTS:
        raise BadRequest(
            f"'content' is a URL of {host}, which is none of the hosts that ANNALS_FETCH_HOSTS "
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
