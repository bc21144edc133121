"""Bearer tokens against a real issuer: what is believed, what is not, and how often it is asked."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from access.authentication import Credentials
from access.configuration import AdminOverride, Configuration, Way
from access.configuration import Issuer as Known
from access.errors import CannotAsk, NotProven
from access.issuer import IssuerFacts
from access.principals import Principal
from registry.roles import RoleType
from tests.issuer import AUDIENCE, Client, Issuer, new_key

ROLES = {
    "sr-admin": RoleType.ADMIN,
    "sr-developer": RoleType.DEVELOPER,
    "sr-readonly": RoleType.READ_ONLY,
}


def configured(issuer: Issuer, /, **more: object) -> Configuration:
    usual: dict[str, object] = {
        "ways": frozenset({Way.OIDC}),
        "issuer": Known(url=issuer.url, audience=AUDIENCE),
        "role_claims": ("groups", "realm_access/roles"),
        "roles": ROLES,
    }
    return Configuration(**(usual | more))  # type: ignore[arg-type]


def asked(credentials: Credentials, token: str, *, is_basic_client: bool = False) -> Principal:
    return credentials.principal(b"Bearer " + token.encode(), is_basic_client=is_basic_client)


def signed_with(head: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """As those forge a token who take a public key for a shared secret."""
    parts = [urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (head, claims)]
    signature = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_names_and_roles_are_the_claims(issuer: Issuer) -> None:
    credentials = Credentials(configured(issuer))
    found = asked(credentials, issuer.token("anna", groups=["sr-admin", "x"], name="Anna A."))
    assert (found.name, found.display_name, found.is_admin) == ("anna", "Anna A.", True)
    nested = asked(credentials, issuer.token("dora", realm_access={"roles": ["sr-developer"]}))
    assert (nested.is_admin, nested.is_developer) == (False, True)
    words = asked(credentials, issuer.token("vera", groups="x sr-readonly"))
    assert (words.is_developer, words.is_viewer) == (False, True)
    assert asked(credentials, issuer.token("", preferred_username=None)).name == "id-of-"
    assert asked(credentials, issuer.token("zoe", upn="zoe@x")).name == "zoe@x"
    for odd in ({"groups": {"sr-admin": 1}}, {"groups": [["sr-admin"]]}, {"realm_access": "x"}):
        assert not asked(credentials, issuer.token("odd", **odd)).is_viewer
    with pytest.raises(NotProven, match="names nobody"):
        asked(credentials, issuer.token("x", preferred_username=None, sub=None))


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
def test_what_is_not_valid_here_and_now_is_not_believed(
    kept_issuer: Issuer, claims: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotProven, match=why):
        asked(Credentials(configured(kept_issuer)), kept_issuer.token("anna", **claims))


def test_clocks_may_differ_a_little(kept_issuer: Issuer) -> None:
    credentials = Credentials(configured(kept_issuer))
    now = int(time.time())
    assert asked(credentials, kept_issuer.token("late", exp=now - 10)).name == "late"
    assert asked(credentials, kept_issuer.token("early", nbf=now + 10)).name == "early"
    strict = Known(url=kept_issuer.url, audience=AUDIENCE, leeway_seconds=0)
    with pytest.raises(NotProven, match="expired"):
        asked(
            Credentials(configured(kept_issuer, issuer=strict)),
            kept_issuer.token("late", exp=now - 10),
        )


def test_an_audience_is_asked_for_unless_any_will_do(kept_issuer: Issuer) -> None:
    any_will_do = configured(kept_issuer, issuer=Known(url=kept_issuer.url, audience=None))
    assert asked(Credentials(any_will_do), kept_issuer.token("anna", aud="another")).name == "anna"
    several = kept_issuer.token("anna", aud=["another", AUDIENCE])
    assert asked(Credentials(configured(kept_issuer)), several).name == "anna"


def test_signatures_of_others_are_not_believed(issuer: Issuer) -> None:
    credentials = Credentials(configured(issuer))
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
        with pytest.raises(NotProven, match="believed"):
            asked(credentials, wrong)


def test_keys_are_rotated_while_tokens_are_shown(issuer: Issuer) -> None:
    now = [0.0]
    credentials = Credentials(configured(issuer))
    credentials.facts = IssuerFacts(issuer.url, clock=lambda: now[0])
    before = issuer.token("anna")
    assert asked(credentials, before).name == "anna"
    assert issuer.asked_for_keys == 1
    issuer.rotate("second")
    now[0] += 10
    assert asked(credentials, issuer.token("bert")).name == "bert"
    assert issuer.asked_for_keys == 2
    with pytest.raises(NotProven):
        asked(Credentials(configured(issuer)), before)


def test_nobody_makes_us_flood_the_issuer(issuer: Issuer) -> None:
    now = [0.0]
    credentials = Credentials(configured(issuer))
    credentials.facts = IssuerFacts(issuer.url, clock=lambda: now[0])
    pair = new_key("unknown").as_dict(private=True)
    unknown = [RSAKey.import_key({**pair, "kid": f"unknown-{number}"}) for number in range(22)]
    for key in unknown[:20]:
        with pytest.raises(NotProven):
            asked(credentials, issuer.token("x", key=key))
    assert issuer.asked_for_keys == 1
    now[0] += 6
    for key in unknown[20:]:
        with pytest.raises(NotProven):
            asked(credentials, issuer.token("x", key=key))
    assert issuer.asked_for_keys == 2


def test_what_was_proven_is_remembered_for_a_minute_at_most(issuer: Issuer) -> None:
    now = [time.time()]
    credentials = Credentials(configured(issuer), clock=lambda: now[0])
    shown = b"Bearer " + issuer.token("anna").encode()
    assert credentials.remembered(shown, is_basic_client=False) is None
    credentials.principal(shown, is_basic_client=False)
    now[0] += 59
    assert credentials.remembered(shown, is_basic_client=False) is not None
    now[0] += 2
    assert credentials.remembered(shown, is_basic_client=False) is None
    brief = b"Bearer " + issuer.token("anna", exp=int(now[0]) + 5).encode()
    credentials.principal(brief, is_basic_client=False)
    now[0] += 6
    assert credentials.remembered(brief, is_basic_client=False) is None


def test_an_issuer_that_is_away_is_told_from_a_wrong_token(issuer: Issuer) -> None:
    credentials = Credentials(configured(issuer))
    assert asked(credentials, issuer.token("anna")).name == "anna"
    issuer.stop()
    assert asked(credentials, issuer.token("bert")).name == "bert"
    assert credentials.facts is not None
    credentials.facts._looked_at -= 1000
    assert asked(credentials, issuer.token("carl")).name == "carl"
    with pytest.raises(CannotAsk, match="can't be asked"):
        asked(Credentials(configured(issuer)), issuer.token("anna"))


def test_an_issuer_that_calls_itself_otherwise_is_none(issuer: Issuer) -> None:
    elsewhere = Known(url=issuer.url.replace("127.0.0.1", "localhost"), audience=AUDIENCE)
    with pytest.raises(CannotAsk, match="tells of the issuer"):
        asked(Credentials(configured(issuer, issuer=elsewhere)), issuer.token("anna"))


def test_a_claim_or_a_name_makes_an_admin(kept_issuer: Issuer) -> None:
    by_claim = configured(kept_issuer, admin_override=AdminOverride("org-admin", "true"))
    claims: dict[str, Any] = {"org-admin": True}
    assert asked(Credentials(by_claim), kept_issuer.token("a", **claims)).is_overridden
    assert not asked(Credentials(by_claim), kept_issuer.token("a")).is_overridden
    by_name = configured(kept_issuer, admin_override=AdminOverride(user="root"))
    assert asked(Credentials(by_name), kept_issuer.token("root")).is_admin
    assert not asked(Credentials(by_name), kept_issuer.token("toor")).is_admin


def test_a_name_and_a_password_may_be_a_clients(issuer: Issuer) -> None:
    claims = {"realm_access": {"roles": ["sr-developer"]}}
    issuer.clients["serdes"] = Client("serdes", "s:e c", claims)
    credentials = Credentials(configured(issuer))
    shown = b"Basic c2VyZGVzOnM6ZSBj"
    found = credentials.principal(shown, is_basic_client=True)
    assert (found.name, found.is_developer, found.is_admin) == ("serdes", True, False)
    assert credentials.remembered(shown, is_basic_client=True) == found
    assert credentials.remembered(shown, is_basic_client=False) is None
    assert issuer.tokens_made == 1
    with pytest.raises(NotProven, match="gives no token"):
        credentials.principal(b"Basic c2VyZGVzOndyb25n", is_basic_client=True)
    with pytest.raises(NotProven, match="takes oidc"):
        credentials.principal(b"Basic YTpi", is_basic_client=False)
    for garbled in (
        b"Basic !",
        b"Basic YWI=",
        b"Basic Omk=",
        b"Basic /w==",
        b"Digest x",
        b"x",
        b"",
    ):
        with pytest.raises(NotProven):
            credentials.principal(garbled, is_basic_client=True)
