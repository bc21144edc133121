"""An OpenID Connect issuer's metadata: its endpoints, and its signing keys."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from access.errors import IssuerUnavailable
from journal.remote import http
from registry.waiting import blocking

log = logging.getLogger(__name__)

#: An issuer that does not answer holds no request for longer.
LIMITS = http.Limits(max_bytes=5_000_000, idle_s=5, total_s=15)
#: A key that is withdrawn counts for so long.
_KEYS_MAX_AGE_SECONDS = 600
#: Tokens with unknown keys make this node fetch keys so often at most, not flood the issuer.
_REFRESH_INTERVAL_SECONDS = 5


class IssuerClient:
    """Fetches metadata and keys on first use and caches them."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def endpoint(self, name: str) -> str:
        """Return the URL of an endpoint of OpenID Connect Discovery, such as `token_endpoint`.

        Raises IssuerUnavailable.
        """
        url = self.metadata().get(name)
        if not isinstance(url, str):
            raise IssuerUnavailable(f"The issuer {self._url} names no {name}.")
        return url

    def metadata(self) -> dict[str, Any]:
        """Return the document of OpenID Connect Discovery 1.0, section 4.

        Raises IssuerUnavailable.
        """
        if self._metadata is None:
            url = f"{self._url.rstrip('/')}/.well-known/openid-configuration"
            document = self._fetch(url)
            if document.get("issuer") != self._url:
                raise IssuerUnavailable(f"{url} tells of the issuer {document.get('issuer')!r}.")
            self._metadata = document
        return self._metadata

    def keys(self) -> KeySet:
        """Return keys at most ten minutes old, or older while the issuer is unreachable.

        Raises IssuerUnavailable.
        """
        return self._keys_younger_than(_KEYS_MAX_AGE_SECONDS)

    def refreshed_keys(self) -> KeySet:
        """Return keys at most five seconds old, for a signature by an unknown key.

        Raises IssuerUnavailable.
        """
        return self._keys_younger_than(_REFRESH_INTERVAL_SECONDS)

    def _keys_younger_than(self, seconds: float) -> KeySet:
        with self._lock, blocking():
            if self._keys is not None and self._clock() - self._fetched_at <= seconds:
                return self._keys
            try:
                document = self._fetch(self.endpoint("jwks_uri"))
                # The library checks the document.
                self._keys = KeySet.import_key_set(document)  # type: ignore[arg-type]
            except (IssuerUnavailable, JoseError, KeyError, TypeError, ValueError) as error:
                if self._keys is None:
                    message = f"The keys of {self._url} can't be had: {error}"
                    raise IssuerUnavailable(message) from error
                log.warning("The keys of %s are not renewed: %s", self._url, error)
            self._fetched_at = self._clock()
            return self._keys

    def _fetch(self, url: str) -> dict[str, Any]:
        try:
            document = orjson.loads(
                http.get(url, LIMITS, check_url=_check_encrypted(url), through_proxy=True)
            )
        except (http.RemoteError, ValueError) as error:
            raise IssuerUnavailable(f"The issuer can't be asked: {url}: {error}") from error
        if not isinstance(document, dict):
            raise IssuerUnavailable(f"{url} tells no JSON object.")
        return document


def _check_encrypted(first: str) -> Callable[[str], None]:
    """Return a check of redirects; it raises IssuerUnavailable for one from https to http."""

    def check(url: str) -> None:
        if urlsplit(first).scheme == "https" != urlsplit(url).scheme:
            raise IssuerUnavailable(f"The issuer leads from {first} to {url}, without encryption.")

    return check
