"""Decisions for every switch, role and level."""

from dataclasses import replace
from itertools import product

import pytest

from access.policy import Decision, Level, Switches, decide, is_bound_by_owners
from access.principals import ANONYMOUS, Principal
from registry.roles import RoleType

ON = Switches(authentication=True, role_based_authorization=True)
VIEWER = Principal("vera", frozenset({RoleType.READ_ONLY}))
DEVELOPER = Principal("dora", frozenset({RoleType.DEVELOPER}))
ADMIN = Principal("anna", frozenset({RoleType.ADMIN}))
WITHOUT_ROLE = Principal("nora")
OVERRIDDEN = Principal("otto", is_overridden=True)
YES, LOGIN, NO = Decision.ALLOWED, Decision.UNAUTHENTICATED, Decision.FORBIDDEN

#: By principal, what it may do of NONE, READ, WRITE, ADMIN where roles decide.
BY_ROLE = {
    ANONYMOUS: (YES, LOGIN, LOGIN, LOGIN),
    WITHOUT_ROLE: (YES, NO, NO, NO),
    VIEWER: (YES, YES, NO, NO),
    DEVELOPER: (YES, YES, YES, NO),
    ADMIN: (YES, YES, YES, YES),
    OVERRIDDEN: (YES, YES, YES, YES),
}


@pytest.mark.parametrize("who", BY_ROLE, ids=lambda who: who.name or "anonymous")
def test_roles_decide(who: Principal) -> None:
    assert tuple(decide(ON, who, level) for level in Level) == BY_ROLE[who]


@pytest.mark.parametrize(("who", "level"), list(product(BY_ROLE, Level)))
def test_without_authentication_everything_is_allowed(who: Principal, level: Level) -> None:
    assert decide(Switches(role_based_authorization=True), who, level) is YES


def test_anonymous_reads_can_be_allowed() -> None:
    switches = replace(ON, anonymous_read_access=True)
    assert [decide(switches, ANONYMOUS, level) for level in Level] == [YES, YES, LOGIN, LOGIN]


def test_authenticated_reads_can_be_allowed() -> None:
    switches = replace(ON, authenticated_read_access=True)
    assert [decide(switches, WITHOUT_ROLE, level) for level in Level] == [YES, YES, NO, NO]
    assert decide(switches, ANONYMOUS, Level.READ) is LOGIN


def test_without_roles_an_authenticated_caller_may_do_everything() -> None:
    switches = replace(ON, role_based_authorization=False)
    assert {decide(switches, WITHOUT_ROLE, level) for level in Level} == {YES}


OWNED = replace(ON, owner_only_authorization=True)


@pytest.mark.parametrize(
    ("who", "is_bound"),
    [(DEVELOPER, True), (WITHOUT_ROLE, True), (ADMIN, False), (OVERRIDDEN, False)],
)
def test_owners_bind_everybody_but_admins(who: Principal, is_bound: bool) -> None:
    assert is_bound_by_owners(OWNED, who, of_group=False) is is_bound
    assert not is_bound_by_owners(OWNED, who, of_group=True)
    limited = replace(OWNED, limit_group_access=True)
    assert is_bound_by_owners(limited, who, of_group=True) is is_bound
    assert not is_bound_by_owners(ON, who, of_group=False)
    assert not is_bound_by_owners(replace(OWNED, authentication=False), who, of_group=False)
