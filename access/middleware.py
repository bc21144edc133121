"""Authenticates each request before Django; views find the caller in the ASGI scope.

Credentials that were checked before are found on the event loop, so fetching a schema with them
costs a dict lookup, and cached responses are served without a thread.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from access.asgi import App, Scope, header
from access.authentication import Authenticator
from access.caller import UNIDENTIFIED, UNRESTRICTED, Caller
from access.configuration import AccessConfiguration, AuthMethod
from access.connections import connection_of
from access.errors import AuthenticationFailed, CredentialsUnchecked, IssuerUnavailable
from access.journal_policy import AccessPolicy, PolicyCache
from access.principals import ANONYMOUS, Principal
from access.sessions import Sessions
from journal.outcomes.outcomes import Outcomes

#: Keys in the scope: the Caller, a coroutine function that authenticates it once more, and the
#: Authenticator.
CALLER, IDENTIFY, AUTHENTICATOR = "annals.caller", "annals.identify", "annals.authenticator"
#: Key in the scope: seconds for which the answer is held back.
DELAY = "annals.delay"
#: Answers that are held back at once; each keeps a connection from being closed for another.
_MAX_HELD_BACK = 512
_APIS, _HEALTH = "/apis/", "/health/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class AuthenticationMiddleware:
    """Wraps an ASGI application for HTTP and WebSockets; used only while access is on."""

    def __init__(
        self,
        app: App,
        configuration: AccessConfiguration,
        authenticator: Authenticator,
        outcomes: Outcomes,
    ) -> None:
        self._app = app
        self._configuration = configuration
        self._authenticator = authenticator
        self._sessions = Sessions(configuration, authenticator)
        self._policies = PolicyCache(configuration, outcomes)
        self._held_back = 0
        # Apart from threads that check credentials, since every request needs a policy.
        self._policy_thread = ThreadPoolExecutor(1, thread_name_prefix="policy")

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["path"].startswith(_HEALTH):
            # They are for everybody, and no trouble with identities may make a node look dead.
            await self._app(scope, receive, send)
            return
        identify = partial(self._identify, scope)
        scope[AUTHENTICATOR] = self._authenticator
        caller = await identify()
        scope[CALLER], scope[IDENTIFY] = caller, identify
        if caller.issuer_error and connection_of(scope).is_closed():
            # The client has closed its connection.
            return

        async def send_late(event: Any) -> None:
            if delay_s := scope.pop(DELAY, 0.0):
                await self._hold_back(delay_s)
            await send(event)

        await self._app(scope, receive, send_late)

    async def _hold_back(self, delay_s: float) -> None:
        """Wait before the answer to wrong credentials, without a thread."""
        if self._held_back >= _MAX_HELD_BACK:
            return
        self._held_back += 1
        try:
            await asyncio.sleep(delay_s)
        finally:
            self._held_back -= 1

    async def _identify(self, scope: Scope) -> Caller:
        policy = self._policies.get()
        if policy is None:
            loop = asyncio.get_running_loop()
            policy = await loop.run_in_executor(self._policy_thread, self._policies.refresh)
        try:
            principal = await self._authenticate(scope, policy)
        except AuthenticationFailed as error:
            scope[DELAY] = error.delay_s
            return Caller(switches=policy.switches, credentials_error=str(error))
        except CredentialsUnchecked as error:
            scope[DELAY] = error.delay_s
            return Caller(switches=policy.switches, issuer_error=str(error))
        except IssuerUnavailable as error:
            return Caller(switches=policy.switches, issuer_error=str(error))
        has_session = not principal.is_anonymous and not header(scope, b"authorization")
        return Caller(policy.with_roles(principal), policy.switches, has_session=has_session)

    async def _authenticate(self, scope: Scope, policy: AccessPolicy) -> Principal:
        """Return the principal of a scope; raises the errors of `Authenticator.begin`."""
        authorization = header(scope, b"authorization")
        if not authorization:
            # A browser sends cookies whichever site made the page, so a session is no proof for a
            # write over an API; the pages' own forms carry Django's CSRF token.
            takes_session = not scope["path"].startswith(_APIS) or scope.get("method") in _SAFE
            cookies = header(scope, b"cookie") if takes_session else b""
            return self._sessions.get(cookies) if cookies else ANONYMOUS
        allows_clients = (
            AuthMethod.OIDC in self._configuration.methods
            and policy.switches.basic_client_credentials
        )
        authenticator = self._authenticator
        principal = authenticator.cached(authorization, allows_clients=allows_clients)
        if principal is None:
            connection = connection_of(scope)
            found = authenticator.begin(authorization, connection, allows_clients=allows_clients)
            principal = await asyncio.wrap_future(found)
        return principal


def caller_from_scope(scope: Scope) -> Caller:
    """Return the caller of an ASGI scope, UNIDENTIFIED or UNRESTRICTED without the middleware."""
    caller: Caller | None = scope.get(CALLER)
    if caller is not None:
        return caller
    return UNIDENTIFIED if settings.ANNALS_ACCESS.is_on else UNRESTRICTED


def get_caller(request: HttpRequest) -> Caller:
    """Return the caller of a Django request."""
    return caller_from_scope(request.META.get("asgi.scope", {}))


def get_authenticator(request: HttpRequest) -> Authenticator:
    """Return the authenticator; only while access is on."""
    authenticator: Authenticator = request.META["asgi.scope"][AUTHENTICATOR]
    return authenticator
