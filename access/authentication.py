"""Checks Authorization headers and caches the results for a while."""

import binascii
import math
import secrets
import time
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import blake2b
from typing import Any

from access.client_credentials import exchange_credentials
from access.configuration import AccessConfiguration, AuthMethod
from access.connections import Connection
from access.errors import AuthenticationFailed
from access.failures import Failures
from access.fair_queue import FairQueue
from access.issuer import IssuerClient
from access.principals import Principal
from access.token_claims import InvalidUsername, to_principal
from access.users_file import WRONG_PASSWORD, UsersFile

#: Seconds for which a token is cached; a key that is withdrawn counts so long.
_CACHE_SECONDS = 60.0
_CACHE_SIZE = 10_000
#: Wrong passwords that are remembered; programs repeat one, and people try many.
_WRONG_SIZE = 1000


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
        self._cache: OrderedDict[tuple[bytes, bool], _CacheEntry] = OrderedDict()
        #: Digests of wrong passwords with their names, and the revision of the users file.
        self._wrong: OrderedDict[bytes, object] = OrderedDict()
        self._failures = Failures(clock)
        file, admin = configuration.users_file, configuration.admin_override.user
        self.users = UsersFile(file, admin) if file else None
        self.issuer = IssuerClient(configuration.issuer.url) if configuration.issuer else None
        self._validator: Any = None
        # A hash takes a processor for a while, an exchange waits for the issuer, and neither is to
        # hold up the other.
        self._tokens = FairQueue(threads=8, max_waiting=1024, max_of_network=512)
        self._passwords = FairQueue(threads=1, max_waiting=512, max_of_network=256)
        self._exchanges = FairQueue(threads=8, max_waiting=512, max_of_network=256)

    def cached(self, authorization: bytes, *, allows_clients: bool) -> Principal | None:
        """Return the cached principal of an Authorization header; None without a valid entry."""
        if self.users is not None:
            self.users.reload_if_changed()
        entry = self._cache.get((self._hash(authorization), allows_clients))
        if entry is None or entry.expires_at <= self._clock():
            return None
        return entry.principal if entry.revision == self._revision() else None

    def begin(
        self,
        authorization: bytes,
        connection: Connection,
        *,
        allows_clients: bool,
    ) -> Future[Principal]:
        """Begin to check an uncached Authorization header; returns the future principal.

        AuthenticationFailed, IssuerUnavailable and CredentialsUnchecked are raised by the future,
        or here already.
        """

        def check() -> Principal:
            # The same header may have been checked while this one waited.
            known = self.cached(authorization, allows_clients=allows_clients)
            return known or self.authenticate(authorization, allows_clients=allows_clients)

        scheme, _, credentials = authorization.partition(b" ")
        if scheme.lower() != b"basic" or (self.users is None and not allows_clients):
            return self._tokens.submit(connection, check, rank=lambda: 0)
        name, _ = _parse_basic(credentials)
        name_digest = self._hash(name.encode())
        failures = self._failures.counting(name_digest, connection.network)

        def check_counted() -> Principal:
            with failures:
                return check()

        if self.users is None or (allows_clients and name not in self.users):
            queue = self._exchanges
        else:
            queue = self._passwords
            if self._is_known_wrong(authorization):
                with failures:
                    raise AuthenticationFailed(WRONG_PASSWORD)
        rank = partial(self._failures.count, name_digest)
        return queue.submit(connection, check_counted, rank)

    def authenticate(self, authorization: bytes, *, allows_clients: bool) -> Principal:
        """Return the principal of an Authorization header; may hash a password or ask the issuer.

        `allows_clients` accepts a name and a password as those of an OAuth 2 client.
        Raises AuthenticationFailed, IssuerUnavailable.
        """
        scheme, _, credentials = authorization.partition(b" ")
        # If the users file is reloaded meanwhile, the result belongs to the previous one.
        revision = self._revision()
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
                    principal = self._check_password(authorization, name, password)
                    # It is right until the file changes.
                    expires_at = math.inf
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
        entry = _CacheEntry(principal, expires_at, revision)
        self._cache[self._hash(authorization), allows_clients] = entry
        while len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return principal

    def _is_known_wrong(self, authorization: bytes) -> bool:
        return self._wrong.get(self._hash(authorization)) == self._revision()

    def _check_password(self, authorization: bytes, name: str, password: str) -> Principal:
        """Hash a password, unless it is known to be wrong; raises AuthenticationFailed."""
        assert self.users is not None
        revision = self._revision()
        if self._is_known_wrong(authorization):
            raise AuthenticationFailed(WRONG_PASSWORD)
        try:
            return self.users.verify(name, password)
        except AuthenticationFailed:
            self._wrong[self._hash(authorization)] = revision
            while len(self._wrong) > _WRONG_SIZE:
                self._wrong.popitem(last=False)
            raise

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

    def _revision(self) -> object:
        return None if self.users is None else self.users.revision

    def _hash(self, authorization: bytes) -> bytes:
        return blake2b(authorization, key=self._hash_key, digest_size=16).digest()


def basic_authorization(name: str, password: str) -> bytes:
    """Return the Authorization header of a name and a password (RFC 7617)."""
    return b"Basic " + b64encode(f"{name}:{password}".encode())


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
