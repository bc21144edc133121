"""Bearer tokens of a real issuer: which are valid, and how often its keys are fetched."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from access.authentication import Authenticator
from access.configuration import AccessConfiguration, AdminOverride, AuthMethod
from access.configuration import Issuer as Known
from access.errors import AuthenticationFailed, IssuerUnavailable
from access.issuer import IssuerClient
from access.principals import Principal
from registry.roles import RoleType
from tests.issuer import AUDIENCE, Client, Issuer, new_key

ROLES = {
    "sr-admin": RoleType.ADMIN,
    "sr-developer": RoleType.DEVELOPER,
    "sr-readonly": RoleType.READ_ONLY,
}


def configure(issuer: Issuer, /, **more: object) -> AccessConfiguration:
    usual: dict[str, object] = {
        "methods": frozenset({AuthMethod.OIDC}),
        "issuer": Known(url=issuer.url, audience=AUDIENCE),
        "role_claims": ("groups", "realm_access/roles"),
        "roles": ROLES,
    }
    return AccessConfiguration(**(usual | more))  # type: ignore[arg-type]


def verify(authenticator: Authenticator, token: str, *, allows_clients: bool = False) -> Principal:
    return authenticator.authenticate(b"Bearer " + token.encode(), allows_clients=allows_clients)


def signed_with(head: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """Forge a token with a public key as a shared secret."""
    parts = [urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (head, claims)]
    signature = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_names_and_roles_are_the_claims(issuer: Issuer) -> None:
    authenticator = Authenticator(configure(issuer))
    found = verify(authenticator, issuer.token("anna", groups=["sr-admin", "x"], name="Anna A."))
    assert (found.name, found.display_name, found.is_admin) == ("anna", "Anna A.", True)
    nested = verify(authenticator, issuer.token("dora", realm_access={"roles": ["sr-developer"]}))
    assert (nested.is_admin, nested.is_developer) == (False, True)
    words = verify(authenticator, issuer.token("vera", groups="x sr-readonly"))
    assert (words.is_developer, words.is_viewer) == (False, True)
    assert verify(authenticator, issuer.token("", preferred_username=None)).name == "id-of-"
    assert verify(authenticator, issuer.token("zoe", upn="zoe@x")).name == "zoe@x"
    for odd in ({"groups": {"sr-admin": 1}}, {"groups": [["sr-admin"]]}, {"realm_access": "x"}):
        assert not verify(authenticator, issuer.token("odd", **odd)).is_viewer
    with pytest.raises(AuthenticationFailed, match="has no user name"):
        verify(authenticator, issuer.token("x", preferred_username=None, sub=None))


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": int(time.time()) - 3600}, "expired"),
        ({"exp": None}, "exp"),
        ({"nbf": int(time.time()) + 3600}, "not yet valid"),
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "http://another"}, "iss"),
    ],
)
def test_a_token_that_is_not_valid_here_and_now_is_rejected(
    kept_issuer: Issuer, claims: dict[str, Any], why: str
) -> None:
    with pytest.raises(AuthenticationFailed, match=why):
        verify(Authenticator(configure(kept_issuer)), kept_issuer.token("anna", **claims))


def test_clocks_may_differ_a_little(kept_issuer: Issuer) -> None:
    authenticator = Authenticator(configure(kept_issuer))
    now = int(time.time())
    assert verify(authenticator, kept_issuer.token("late", exp=now - 10)).name == "late"
    assert verify(authenticator, kept_issuer.token("early", nbf=now + 10)).name == "early"
    strict = Known(url=kept_issuer.url, audience=AUDIENCE, leeway_seconds=0)
    with pytest.raises(AuthenticationFailed, match="expired"):
        verify(
            Authenticator(configure(kept_issuer, issuer=strict)),
            kept_issuer.token("late", exp=now - 10),
        )


def test_an_audience_is_required_unless_any_is_allowed(kept_issuer: Issuer) -> None:
    any_will_do = configure(kept_issuer, issuer=Known(url=kept_issuer.url, audience=None))
    assert (
        verify(Authenticator(any_will_do), kept_issuer.token("anna", aud="another")).name == "anna"
    )
    several = kept_issuer.token("anna", aud=["another", AUDIENCE])
    assert verify(Authenticator(configure(kept_issuer)), several).name == "anna"


def test_signatures_of_others_are_rejected(issuer: Issuer) -> None:
    authenticator = Authenticator(configure(issuer))
    good = issuer.token("anna", groups=["sr-admin"])
    head, body, signature = good.split(".")
    claims = {"iss": issuer.url, "aud": AUDIENCE, "exp": int(time.time()) + 60, "sub": "anna"}
    public = issuer.key.as_pem(private=False)
    forged = signed_with({"alg": "HS256", "kid": issuer.key.kid}, claims, public)
    unsigned = "eyJhbGciOiJub25lIn0." + body + "."
    for wrong in (
        issuer.token("anna", key=new_key(issuer.key.kid or "")),
        f"{head}.{body}.{signature[:-4]}AAAA",
        forged,
        unsigned,
        "not.a.token",
        "x",
        "",
    ):
        with pytest.raises(AuthenticationFailed, match="believed"):
            verify(authenticator, wrong)


def test_keys_may_be_rotated(issuer: Issuer) -> None:
    now = [0.0]
    authenticator = Authenticator(configure(issuer))
    authenticator.issuer = IssuerClient(issuer.url, clock=lambda: now[0])
    before = issuer.token("anna")
    assert verify(authenticator, before).name == "anna"
    assert issuer.asked_for_keys == 1
    issuer.rotate("second")
    now[0] += 10
    assert verify(authenticator, issuer.token("bert")).name == "bert"
    assert issuer.asked_for_keys == 2
    with pytest.raises(AuthenticationFailed):
        verify(Authenticator(configure(issuer)), before)


def test_unknown_keys_do_not_flood_the_issuer(issuer: Issuer) -> None:
    now = [0.0]
    authenticator = Authenticator(configure(issuer))
    authenticator.issuer = IssuerClient(issuer.url, clock=lambda: now[0])
    pair = new_key("unknown").as_dict(private=True)
    unknown = [RSAKey.import_key({**pair, "kid": f"unknown-{number}"}) for number in range(22)]
    for key in unknown[:20]:
        with pytest.raises(AuthenticationFailed):
            verify(authenticator, issuer.token("x", key=key))
    assert issuer.asked_for_keys == 1
    now[0] += 6
    for key in unknown[20:]:
        with pytest.raises(AuthenticationFailed):
            verify(authenticator, issuer.token("x", key=key))
    assert issuer.asked_for_keys == 2


def test_a_result_is_cached_for_a_minute_at_most(issuer: Issuer) -> None:
    now = [time.time()]
    authenticator = Authenticator(configure(issuer), clock=lambda: now[0])
    authorization = b"Bearer " + issuer.token("anna").encode()
    assert authenticator.cached(authorization, allows_clients=False) is None
    authenticator.authenticate(authorization, allows_clients=False)
    now[0] += 59
    assert authenticator.cached(authorization, allows_clients=False) is not None
    now[0] += 2
    assert authenticator.cached(authorization, allows_clients=False) is None
    brief = b"Bearer " + issuer.token("anna", exp=int(now[0]) + 5).encode()
    authenticator.authenticate(brief, allows_clients=False)
    now[0] += 6
    assert authenticator.cached(brief, allows_clients=False) is None


def test_an_unavailable_issuer_is_not_a_wrong_token(issuer: Issuer) -> None:
    authenticator = Authenticator(configure(issuer))
    assert verify(authenticator, issuer.token("anna")).name == "anna"
    issuer.stop()
    assert verify(authenticator, issuer.token("bert")).name == "bert"
    assert authenticator.issuer is not None
    authenticator.issuer._fetched_at -= 1000
    assert verify(authenticator, issuer.token("carl")).name == "carl"
    with pytest.raises(IssuerUnavailable, match="can't be asked"):
        verify(Authenticator(configure(issuer)), issuer.token("anna"))


def test_an_issuer_with_another_url_in_its_metadata_is_unavailable(issuer: Issuer) -> None:
    elsewhere = Known(url=issuer.url.replace("127.0.0.1", "localhost"), audience=AUDIENCE)
    with pytest.raises(IssuerUnavailable, match="tells of the issuer"):
        verify(Authenticator(configure(issuer, issuer=elsewhere)), issuer.token("anna"))


def test_a_claim_or_a_name_makes_an_admin(kept_issuer: Issuer) -> None:
    by_claim = configure(kept_issuer, admin_override=AdminOverride("org-admin", "true"))
    claims: dict[str, Any] = {"org-admin": True}
    assert verify(Authenticator(by_claim), kept_issuer.token("a", **claims)).is_overridden
    assert not verify(Authenticator(by_claim), kept_issuer.token("a")).is_overridden
    by_name = configure(kept_issuer, admin_override=AdminOverride(user="root"))
    assert verify(Authenticator(by_name), kept_issuer.token("root")).is_admin
    assert not verify(Authenticator(by_name), kept_issuer.token("toor")).is_admin
    either = configure(kept_issuer, admin_override=AdminOverride("org-admin", "true", "root"))
    for token in (kept_issuer.token("root"), kept_issuer.token("a", **claims)):
        assert verify(Authenticator(either), token).is_overridden
    assert not verify(Authenticator(either), kept_issuer.token("a")).is_overridden


def test_a_name_and_a_password_may_be_a_clients(issuer: Issuer) -> None:
    claims = {"realm_access": {"roles": ["sr-developer"]}}
    issuer.clients["serdes"] = Client("serdes", "s:e c", claims)
    authenticator = Authenticator(configure(issuer))
    authorization = b"Basic c2VyZGVzOnM6ZSBj"
    found = authenticator.authenticate(authorization, allows_clients=True)
    assert (found.name, found.is_developer, found.is_admin) == ("serdes", True, False)
    assert authenticator.cached(authorization, allows_clients=True) == found
    assert authenticator.cached(authorization, allows_clients=False) is None
    assert issuer.tokens_made == 1
    with pytest.raises(AuthenticationFailed, match="gives no token"):
        authenticator.authenticate(b"Basic c2VyZGVzOndyb25n", allows_clients=True)
    with pytest.raises(AuthenticationFailed, match="takes oidc"):
        authenticator.authenticate(b"Basic YTpi", allows_clients=False)
    for garbled in (
        b"Basic !",
        b"Basic YWI=",
        b"Basic Omk=",
        b"Basic /w==",
        b"Digest x",
        b"x",
        b"",
    ):
        with pytest.raises(AuthenticationFailed):
            authenticator.authenticate(garbled, allows_clients=True)
