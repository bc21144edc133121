"""HTTP as tests use it: only what hangs times out."""

import html
import re
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from django.test import Client

from tests.waiting import DEADLINE

#: Shorter than servers keep an idle connection, which else may end while a request is under way.
_LIMITS = httpx.Limits(keepalive_expiry=1)
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])

#: One for all single requests, since to make a client costs more than a request. Keeps no cookies.
http = httpx.Client(cookies=CookieJar(_NO_COOKIES), timeout=DEADLINE, limits=_LIMITS)


def http_client(url: str, headers: dict[str, str] | None = None) -> httpx.Client:
    """Return a client that keeps cookies; `url` stands before each path."""
    return httpx.Client(base_url=url, headers=headers, timeout=DEADLINE, limits=_LIMITS)


def text_of(client: Client, address: str) -> str:
    """Return the text of a page, without its tags."""
    page = html.unescape(client.get(address).content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
