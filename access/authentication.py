"""Checks Authorization headers and caches the results for a while."""

import binascii
import secrets
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from access.client_credentials import exchange_credentials
from access.configuration import AccessConfiguration, AuthMethod
from access.errors import AuthenticationFailed
from access.issuer import IssuerClient
from access.principals import Principal
from access.token_claims import InvalidUsername, to_principal
from access.users_file import UsersFile

#: Seconds for which a result is cached; a key that is withdrawn counts so long.
_CACHE_SECONDS = 60.0
_CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class _CacheEntry:
    principal: Principal
    expires_at: float
    revision: object


class Authenticator:
    """Checks credentials; caches results under keyed hashes, never the credentials themselves."""

    def __init__(
        self, configuration: AccessConfiguration, clock: Callable[[], float] = time.time
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._hash_key = secrets.token_bytes(32)
        self._cache: OrderedDict[bytes, _CacheEntry] = OrderedDict()
        file, admin = configuration.users_file, configuration.admin_override.user
        self.users = UsersFile(file, admin) if file else None
        self.issuer = IssuerClient(configuration.issuer.url) if configuration.issuer else None
        self._validator: Any = None

    def cached(self, authorization: bytes, *, allows_clients: bool) -> Principal | None:
        """Return the cached principal of an Authorization header; None without a valid entry."""
        if self.users is not None:
            self.users.reload_if_changed()
        entry = self._cache.get(self._hash(authorization))
        if entry is None or entry.expires_at <= self._clock():
            return None
        return entry.principal if entry.revision == self._revision(allows_clients) else None

    def authenticate(self, authorization: bytes, *, allows_clients: bool) -> Principal:
        """Return the principal of an Authorization header; may hash a password or ask the issuer.

        `allows_clients` accepts a name and a password as those of an OAuth 2 client.
        Raises AuthenticationFailed, IssuerUnavailable.
        """
        scheme, _, credentials = authorization.partition(b" ")
        cached_until = self._clock() + _CACHE_SECONDS
        match scheme.lower():
            case b"bearer" if AuthMethod.OIDC in self._configuration.methods:
                try:
                    token = credentials.strip().decode("ascii")
                except UnicodeDecodeError as error:
                    message = "A bearer token has ASCII characters only."
                    raise AuthenticationFailed(message) from error
                principal, expires_at = self._authenticate_token(token)
                expires_at = min(expires_at, cached_until)
            case b"basic" if self.users is not None or allows_clients:
                name, password = _parse_basic(credentials)
                if self.users is not None and (not allows_clients or name in self.users):
                    principal, expires_at = self.users.verify(name, password), cached_until
                else:
                    assert self.issuer is not None
                    token = exchange_credentials(self.issuer, name, password)
                    # An exchange is dear: its result is cached for as long as the token lasts.
                    principal, expires_at = self._authenticate_token(token)
            case _:
                methods = " and ".join(sorted(self._configuration.methods))
                raise AuthenticationFailed(
                    f"This node takes no credentials of that kind; it takes {methods}."
                )
        entry = _CacheEntry(principal, expires_at, self._revision(allows_clients))
        self._cache[self._hash(authorization)] = entry
        while len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return principal

    def validate_token(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a bearer token; raises AuthenticationFailed, IssuerUnavailable."""
        if self._validator is None:
            # Loads cryptography, which a node without tokens needs not.
            from access.tokens import TokenValidator

            assert self._configuration.issuer is not None
            assert self.issuer is not None
            self._validator = TokenValidator(self._configuration.issuer, self.issuer)
        claims: Mapping[str, Any] = self._validator.validate(token)
        return claims

    def _authenticate_token(self, token: str) -> tuple[Principal, float]:
        """Return the principal and the token's expiry, in seconds since 1970."""
        claims = self.validate_token(token)
        try:
            return to_principal(claims, self._configuration), float(claims["exp"])
        except InvalidUsername as error:
            raise AuthenticationFailed(str(error)) from error

    @cached_property
    def login_client(self) -> Any:
        """Return Authlib's client for signing in at the issuer in a browser."""
        # Imported on the first sign-in: it takes long.
        from authlib.integrations.django_client import OAuth

        issuer = self._configuration.login_issuer
        assert issuer is not None
        return OAuth().register(
            "issuer",
            client_id=issuer.client_id,
            client_secret=issuer.client_secret or None,
            server_metadata_url=f"{issuer.url.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": 5,
            },
        )

    def _revision(self, allows_clients: bool) -> object:
        """Return everything besides the header by which a cached result can become invalid."""
        return allows_clients, None if self.users is None else self.users.revision

    def _hash(self, authorization: bytes) -> bytes:
        return blake2b(authorization, key=self._hash_key, digest_size=16).digest()


def _parse_basic(credentials: bytes) -> tuple[str, str]:
    """Return name and password (RFC 7617); raises AuthenticationFailed."""
    try:
        pair = b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    name, colon, password = pair.partition(":")
    if not colon or not name:
        raise AuthenticationFailed(
            "Basic credentials are a name, a colon and a password in Base64."
        )
    return name, password
