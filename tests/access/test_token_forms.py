"""Tokens that an issuer signed, and whose claims or header have odd forms: 401, never 500."""

import json
from base64 import urlsafe_b64encode

import pytest
from joserfc import jws

from access.authentication import Authenticator
from access.configuration import AccessConfiguration, AuthMethod
from access.configuration import Issuer as Known
from access.errors import AuthenticationFailed
from access.principals import Principal
from tests.issuer import AUDIENCE, Issuer

DIGITS = "9" * 400
DEEP = 3000


def authenticate(issuer: Issuer, token: str) -> Principal:
    configuration = AccessConfiguration(
        methods=frozenset({AuthMethod.OIDC}), issuer=Known(url=issuer.url, audience=AUDIENCE)
    )
    return Authenticator(configuration).authenticate(
        b"Bearer " + token.encode(), allows_clients=False
    )


def sign(issuer: Issuer, claims: str) -> str:
    """Sign a payload as it is, with what a valid token needs before it."""
    needed = json.dumps({"iss": issuer.url, "aud": AUDIENCE, "sub": "anna"})
    head = {"alg": "RS256", "kid": issuer.key.kid}
    return jws.serialize_compact(head, f"{needed[:-1]},{claims}}}".encode(), issuer.key)


def valid(claims: str) -> str:
    """Put an `exp` in the year 2100 before the claims."""
    return f'"exp":4102444800,{claims}'


@pytest.mark.parametrize(
    "claims",
    [
        f'"exp":{DIGITS}',
        f'"exp":{"9" * 5000}',
        '"exp":1e400',
        '"exp":NaN',
        '"exp":Infinity',
        '"exp":true',
        '"exp":"4102444800"',
        '"exp":[4102444800]',
        '"exp":04102444800',
        valid(f'"nbf":-{DIGITS}'),
        valid('"nbf":NaN'),
        valid(f'"iat":-{DIGITS}'),
        valid(f'"iat":{DIGITS}'),
        valid(f'"other":{DIGITS}'),
        valid(f'"realm_access":{{"roles":[{DIGITS}]}}'),
        valid(f'"other":{"[" * DEEP}{"]" * DEEP}'),
        valid(f'"groups":{"[" * DEEP}{"]" * DEEP}'),
        valid('"other":' + '{"a":' * DEEP + "1" + "}" * DEEP),
        valid(r'"sub":"\ud800"'),
        valid(r'"upn":"a\u0000b"'),
        valid(r'"upn":"a\nb"'),
        valid(f'"upn":"{"a" * 257}"'),
        valid('"aud":[["annals"]]'),
        valid('"iss":{}'),
    ],
)
def test_a_claim_of_an_odd_form_is_401(kept_issuer: Issuer, claims: str) -> None:
    with pytest.raises(AuthenticationFailed):
        authenticate(kept_issuer, sign(kept_issuer, claims))


@pytest.mark.parametrize(
    "head",
    [
        {"crit": 5},
        {"crit": {"b64": 1}},
        {"crit": ["unknown"]},
        {"kid": 5},
        {"kid": {}},
        {"alg": ["RS256"]},
        {"alg": None},
        {"jwk": {"kty": 5}},
        {"x5c": 5},
    ],
)
def test_a_header_of_an_odd_form_is_401(kept_issuer: Issuer, head: dict[str, object]) -> None:
    parts = ({"alg": "RS256", "kid": kept_issuer.key.kid} | head, {"sub": "anna"}, "x" * 256)
    token = ".".join(
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    with pytest.raises(AuthenticationFailed, match="believed"):
        authenticate(kept_issuer, token)


@pytest.mark.parametrize(
    "claims",
    [
        # RFC 7519, 2: a NumericDate may have a fraction, and has no greatest value.
        '"exp":4102444800.5',
        '"exp":4.1024448e9',
        '"exp":99999999999999999999',
        valid('"nbf":-1'),
        valid('"nbf":0,"iat":0'),
        valid(f'"other":{"[" * 500}{"]" * 500}'),
    ],
)
def test_numbers_as_the_specification_has_them_are_taken(kept_issuer: Issuer, claims: str) -> None:
    assert authenticate(kept_issuer, sign(kept_issuer, claims)).name == "anna"
