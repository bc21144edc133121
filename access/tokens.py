"""Bearer tokens: JWTs that the issuer signed, made for us and valid now (RFC 9068, section 4)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry, Token

from access.configuration import Issuer
from access.errors import NotProven
from access.issuer import IssuerFacts

#: Signatures of a key that only the issuer has; never `none`, never a shared secret.
_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)


class Tokens:
    def __init__(self, issuer: Issuer, facts: IssuerFacts) -> None:
        self._facts = facts
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer.url},
            "exp": {"essential": True},
        }
        if issuer.audience is not None:
            wanted["aud"] = {"essential": True, "value": issuer.audience}
        self._claims = JWTClaimsRegistry(leeway=issuer.leeway_seconds, **wanted)

    def claims(self, token: str) -> Mapping[str, Any]:
        """Raises NotProven, CannotAsk."""
        read = self._read(token)
        try:
            self._claims.validate(read.claims)
        except JoseError as error:
            raise NotProven(f"The token is not valid: {error}") from error
        return read.claims

    def _read(self, token: str) -> Token:
        """With the keys that are known, or else with those that the issuer has now."""
        keys = self._facts.keys()
        try:
            return _decode(token, keys)
        except (JoseError, ValueError):
            newer = self._facts.newer_keys()
            try:
                return _decode(token, newer)
            except (JoseError, ValueError) as error:
                raise NotProven(f"The token can't be believed: {error}") from error


def _decode(token: str, keys: KeySet) -> Token:
    return jwt.decode(token, keys, algorithms=_ALGORITHMS)
