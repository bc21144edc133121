"""An OpenID Connect issuer on the loopback: Authlib's server, with keys that tests rotate."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    AuthorizationCodeMixin,
    ClientCredentialsGrant,
    ClientMixin,
)
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import OpenIDCode
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

# Authlib's server, which stands on the loopback here, asks for TLS otherwise.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
logging.getLogger("werkzeug").setLevel(logging.WARNING)

AUDIENCE = "annals"
PAGES = "annals-pages"
SECRET = "not-a-secret"
_HOUR = 3600


@dataclass
class User:
    name: str
    claims: dict[str, Any]

    def get_user_id(self) -> str:
        return f"id-of-{self.name}"


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    client_id: str
    secret: str
    claims: dict[str, Any] = field(default_factory=dict)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope or "any"

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/ui/login/return")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return True


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    user: User
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Issuer:
    """`users` are claims by name; what is signed counts the times that keys were asked for."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.clients = {PAGES: Client(PAGES, SECRET)}
        self.codes: dict[str, Code] = {}
        self.asked_for_keys = 0
        self.tokens_made = 0
        self.key = new_key("first")
        self.app = _app_of(self)
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        # Browsers keep connections open, which nobody waits for at the end.
        vars(self._server).update(daemon_threads=True, block_on_close=False)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self._is_running = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Connections are refused from then on; it may be said twice."""
        if self._is_running:
            self._server.shutdown()
            self._server.server_close()
        self._is_running = False

    def rotate(self, kid: str) -> None:
        """From now on only the new key is told, and signs."""
        self.key = new_key(kid)

    def token(self, name: str, /, key: RSAKey | None = None, **claims: Any) -> str:
        """A bearer token; what is None is left out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "exp": now + _HOUR, "iat": now}
        said = {**usual, "sub": f"id-of-{name}", "preferred_username": name, **claims}
        kept = {claim: value for claim, value in said.items() if value is not None}
        signing = key or self.key
        return jwt.encode({"alg": "RS256", "kid": signing.kid}, kept, signing)

    def bearer(self, name: str, *roles: str, **claims: Any) -> dict[str, str]:
        """Headers with a token that has these roles, as Keycloak writes them."""
        token = self.token(name, realm_access={"roles": list(roles)}, **claims)
        return {"Authorization": f"Bearer {token}"}


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def _app_of(issuer: Issuer) -> Flask:
    app = Flask("issuer")
    server = AuthorizationServer(
        app,
        query_client=issuer.clients.get,
        save_token=lambda token, request: None,
    )
    server.register_grant(_code_grant(issuer), [CodeChallenge(required=True), _openid_code(issuer)])
    server.register_grant(ClientCredentialsGrant)
    server.register_token_generator("default", _generator(issuer))
    _add_routes(app, issuer, server)
    return app


def _add_routes(app: Flask, issuer: Issuer, server: Any) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        return jsonify({
            "issuer": issuer.url,
            "authorization_endpoint": f"{issuer.url}/authorize",
            "token_endpoint": f"{issuer.url}/token",
            "jwks_uri": f"{issuer.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })

    @app.get("/keys")
    def keys() -> Any:
        issuer.asked_for_keys += 1
        return jsonify(KeySet([issuer.key]).as_dict(private=False))

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/authorize")
    def ask() -> str:
        query = quote(request.query_string.decode(), safe="=&%")
        names = "".join(f"<button name=who value={name}>{name}</button>" for name in issuer.users)
        return f"<form method=post action='/authorize?{query}'>{names}</form>"

    @app.post("/authorize")
    def authorize() -> Any:
        name = request.form["who"]
        user = User(name, issuer.users[name])
        grant = server.get_consent_grant(end_user=user)
        return server.create_authorization_response(grant_user=user, grant=grant)


def _code_grant(issuer: Issuer) -> type[AuthorizationCodeGrant]:
    class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            payload = request.payload
            issuer.codes[code] = Code(
                code=code,
                client_id=request.client.client_id,
                redirect_uri=payload.redirect_uri,
                scope=payload.scope,
                nonce=payload.data.get("nonce", ""),
                user=request.user,
                code_challenge=payload.data["code_challenge"],
                code_challenge_method=payload.data["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return issuer.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del issuer.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> User:
            return authorization_code.user

    return CodeGrant


def _openid_code(issuer: Issuer) -> OpenIDCode:
    class Code(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(each.nonce == nonce for each in issuer.codes.values())

        def resolve_client_private_key(self, client: Client) -> Any:
            return issuer.key

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": issuer.url, "aud": client.client_id}

        def get_encode_header(self, client: Client) -> dict[str, Any]:
            return {"alg": "RS256", "kid": issuer.key.kid}

        def get_jwt_config(self, grant: Any, client: Any = None) -> dict[str, Any]:
            return {"key": issuer.key, "alg": "RS256", "iss": issuer.url, "exp": _HOUR}

        def generate_user_info(self, user: User, scope: str) -> dict[str, Any]:
            return {
                "sub": user.get_user_id(),
                "preferred_username": user.name,
                "name": user.claims.get("name", user.name),
            }

    return Code(require_nonce=True)


def _generator(issuer: Issuer) -> JWTBearerTokenGenerator:
    class Generator(JWTBearerTokenGenerator):  # type: ignore[misc]
        def get_jwks(self) -> Any:
            return issuer.key

        def get_audiences(self, client: Client, user: Any, scope: str) -> str:
            return AUDIENCE

        def get_extra_claims(
            self, client: Client, grant_type: str, user: User | None, scope: str
        ) -> dict[str, Any]:
            issuer.tokens_made += 1
            if user is None:
                return {"iss": issuer.url, **client.claims}
            return {"iss": issuer.url, "preferred_username": user.name, **user.claims}

    return Generator(issuer="to be known when it listens")


@contextmanager
def issuer_running() -> Iterator[Issuer]:
    running = Issuer()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuer_running() as running:
        yield running


@pytest.fixture(scope="module")
def kept_issuer() -> Iterator[Issuer]:
    """One for all tests of a module, which only ask it."""
    with issuer_running() as running:
        yield running
