"""What an OpenID Connect issuer tells of itself: its endpoints, and the keys that it signs with."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from access.errors import CannotAsk

log = logging.getLogger(__name__)

#: Seconds: an issuer that does not answer holds no request for longer.
_PATIENCE = 5
#: Seconds for which keys are taken for the present ones; a key that is withdrawn counts so long.
_KEYS_LAST = 600
#: Seconds between two looks for a key that is not known: nobody makes us flood the issuer.
_LOOK_EVERY = 5


class IssuerFacts:
    """Asks when something is first needed, and remembers it."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None
        self._looked_at = 0.0

    def endpoint(self, name: str) -> str:
        """By its name in OpenID Connect Discovery, `token_endpoint`; raises CannotAsk."""
        found = self.metadata().get(name)
        if not isinstance(found, str):
            raise CannotAsk(f"The issuer {self._url} names no {name}.")
        return found

    def metadata(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0, section 4; raises CannotAsk."""
        if self._metadata is None:
            address = f"{self._url.rstrip('/')}/.well-known/openid-configuration"
            found = self._fetch(address)
            if found.get("issuer") != self._url:
                raise CannotAsk(f"{address} tells of the issuer {found.get('issuer')!r}.")
            self._metadata = found
        return self._metadata

    def keys(self) -> KeySet:
        """At most ten minutes old, or older while the issuer is away; raises CannotAsk."""
        with self._lock:
            if self._keys is None or self._age() > _KEYS_LAST:
                self._look()
            assert self._keys is not None
            return self._keys

    def newer_keys(self) -> KeySet:
        """For a signature that no known key explains; raises CannotAsk."""
        with self._lock:
            if self._keys is None or self._age() > _LOOK_EVERY:
                self._look()
            assert self._keys is not None
            return self._keys

    def _age(self) -> float:
        return self._clock() - self._looked_at

    def _look(self) -> None:
        """Known keys stay if there are no others to be had."""
        try:
            told = self._fetch(self.endpoint("jwks_uri"))
            self._keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (CannotAsk, JoseError, KeyError, TypeError, ValueError) as error:
            if self._keys is None:
                raise CannotAsk(f"The keys of {self._url} can't be had: {error}") from error
            log.warning("The keys of %s are not renewed: %s", self._url, error)
        self._looked_at = self._clock()

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=_PATIENCE)
            answer.raise_for_status()
            told = answer.json()
        except requests.RequestException as error:
            raise CannotAsk(f"The issuer can't be asked: {error}") from error
        if not isinstance(told, dict):
            raise CannotAsk(f"{address} tells no JSON object.")
        return told
