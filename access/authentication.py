"""What a request's Authorization header proves, found out once and remembered for a while."""

import binascii
import secrets
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any

from django.conf import settings

from access.client_credentials import token_for
from access.configuration import Configuration, Way
from access.errors import NotProven
from access.issuer import IssuerFacts
from access.principals import Principal
from access.token_claims import NoName, principal_of
from access.users_file import Users

#: Seconds for which a proof is not looked at again; a key that is withdrawn counts so long.
_REMEMBERED = 60.0
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    until: float
    revision: object


class Credentials:
    """Keeps keyed hashes of what was shown, never that itself."""

    def __init__(
        self, configuration: Configuration, clock: Callable[[], float] = time.time
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self.users = Users(configuration.users_file) if configuration.users_file else None
        self.facts = IssuerFacts(configuration.issuer.url) if configuration.issuer else None
        self._tokens: Any = None

    def remembered(self, shown: bytes, *, is_basic_client: bool) -> Principal | None:
        """Quick; None where it must be found out."""
        if self.users is not None:
            self.users.look()
        known = self._known.get(self._hash(shown))
        if known is None or known.until <= self._clock():
            return None
        return known.principal if known.revision == self._revision(is_basic_client) else None

    def principal(self, shown: bytes, *, is_basic_client: bool) -> Principal:
        """May take long; raises NotProven, CannotAsk."""
        scheme, _, proof = shown.partition(b" ")
        match scheme.lower():
            case b"bearer" if Way.OIDC in self._configuration.ways:
                principal, until = self.of_token(_ascii(proof.strip()))
            case b"basic" if self.users is not None or is_basic_client:
                principal, until = self._of_pair(*_pair(proof), is_basic_client)
            case _:
                raise NotProven(f"This node takes no credentials of that kind; {self._takes()}.")
        # What is exchanged at the issuer lasts as long as its token, all else a minute.
        is_bearer = scheme.lower() == b"bearer"
        lasts = min(until, self._clock() + _REMEMBERED) if is_bearer else until
        self._remember(shown, _Known(principal, lasts, self._revision(is_basic_client)))
        return principal

    def of_token(self, token: str) -> tuple[Principal, float]:
        """With the time, in seconds since 1970, at which it ends; raises NotProven, CannotAsk."""
        claims = self.claims(token)
        try:
            return principal_of(claims, self._configuration), float(claims["exp"])
        except NoName as error:
            raise NotProven(str(error)) from error

    def claims(self, token: str) -> Any:
        """Raises NotProven, CannotAsk."""
        if self._tokens is None:
            # Cryptography is loaded where somebody shows a token.
            from access.tokens import Tokens

            assert self._configuration.issuer is not None
            assert self.facts is not None
            self._tokens = Tokens(self._configuration.issuer, self.facts)
        return self._tokens.claims(token)

    def _of_pair(self, name: str, password: str, is_client: bool) -> tuple[Principal, float]:
        if self.users is not None and (not is_client or self.users.has(name)):
            return self.users.principal(name, password), self._clock() + _REMEMBERED
        assert self.facts is not None
        return self.of_token(token_for(self.facts, name, password))

    def _takes(self) -> str:
        return f"it takes {' and '.join(sorted(self._configuration.ways))}"

    def _remember(self, shown: bytes, known: _Known) -> None:
        self._known[self._hash(shown)] = known
        while len(self._known) > _MOST:
            self._known.popitem(last=False)

    def _revision(self, is_basic_client: bool) -> object:
        """What is remembered counts while this stays the same."""
        return is_basic_client, None if self.users is None else self.users.revision

    def _hash(self, shown: bytes) -> bytes:
        return blake2b(shown, key=self._key, digest_size=16).digest()


@cache
def credentials() -> Credentials:
    """Of this process, as its settings have them."""
    return Credentials(settings.ANNALS_ACCESS)


def _pair(proof: bytes) -> tuple[str, str]:
    """RFC 7617; raises NotProven."""
    try:
        name, colon, password = b64decode(proof.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotProven(
            "Basic credentials are a name, a colon and a password in Base64."
        ) from error
    if not colon or not name:
        raise NotProven("Basic credentials are a name, a colon and a password in Base64.")
    return name, password


def _ascii(token: bytes) -> str:
    try:
        return token.decode("ascii")
    except UnicodeDecodeError as error:
        raise NotProven("A bearer token has ASCII characters only.") from error
