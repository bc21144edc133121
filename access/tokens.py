"""Bearer tokens: JWTs signed by the issuer, for this audience, valid now (RFC 9068, 4)."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from access.configuration import Issuer
from access.errors import AuthenticationFailed
from access.issuer import IssuerClient

#: Signatures of a key that only the issuer has; never `none`, never a shared secret.
_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
#: What joserfc raises for a token that it can't read; TypeError is for a `crit` that is no list.
_UNREADABLE = (JoseError, ValueError, TypeError)


class _ClaimsDecoder(json.JSONDecoder):
    """Rejects NaN, JSON nested too deep, and numbers beyond a double's range."""

    def decode(self, s: str, *_: object) -> Any:
        return orjson.loads(s)


class TokenValidator:
    def __init__(self, issuer: Issuer, client: IssuerClient) -> None:
        self._client = client
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer.url},
            "exp": {"essential": True},
        }
        if issuer.audience is not None:
            options["aud"] = {"essential": True, "value": issuer.audience}
        self._claims = JWTClaimsRegistry(leeway=issuer.leeway_seconds, **options)

    def validate(self, text: str) -> Mapping[str, Any]:
        """Return the token's claims; raises AuthenticationFailed, IssuerUnavailable."""
        try:
            token = _decode(text, self._client.keys())
        except _UNREADABLE:
            # The issuer may have rotated its keys.
            keys = self._client.refreshed_keys()
            try:
                token = _decode(text, keys)
            except _UNREADABLE as error:
                raise AuthenticationFailed(f"The token can't be believed: {error}") from error
        try:
            self._claims.validate(token.claims)
        except JoseError as error:
            raise AuthenticationFailed(f"The token is not valid: {error}") from error
        return token.claims


def _decode(text: str, keys: KeySet) -> jwt.Token:
    return jwt.decode(text, keys, algorithms=_ALGORITHMS, decoder_cls=_ClaimsDecoder)
