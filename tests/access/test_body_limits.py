"""The bytes of a body that are read, by address and caller, before any of them is read."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings

from access.caller import Caller
from access.middleware import CALLER
from access.policy import Level, Switches
from access.principals import ANONYMOUS, Principal
from node.web.body_limits import max_body
from registry.roles import RoleType
from tests.access.operations import Operation, of_apis, of_pages

_SWITCHES = Switches(authentication=True, role_based_authorization=True)
CALLERS = {
    "anonymous": Caller(ANONYMOUS, _SWITCHES),
    "reader": Caller(Principal("rita", frozenset({RoleType.READ_ONLY})), _SWITCHES),
    "writer": Caller(Principal("will", frozenset({RoleType.DEVELOPER})), _SWITCHES),
    "admin": Caller(Principal("anna", frozenset({RoleType.ADMIN})), _SWITCHES),
}
FORM, CONTENT, DUMP = 65_536, 20_971_520, 1_094_713_344
V2 = "/apis/registry/v2"
ARTIFACTS = f"{V2}/groups/g/artifacts"
SEARCH = f"{V2}/search/artifacts"


def size(method: str, sent_path: str, caller: Caller | None) -> int:
    """Return the size for an address as it was sent."""
    scope: dict[str, Any] = {"method": method, "path": unquote(sent_path), "headers": []}
    return max_body({**scope, "raw_path": sent_path.encode(), CALLER: caller})


@pytest.fixture(autouse=True)
def default_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ANNALS_LIMIT_CONTENT_BYTES", 10 * 1024 * 1024)
    monkeypatch.setattr(settings, "ANNALS_LIMIT_DUMP_BYTES", 1024 * 1024 * 1024)


@pytest.mark.parametrize(
    ("method", "path", "sizes"),
    [
        # Addresses that are not there, or not for this method.
        ("POST", "/nothing", (0, 0, 0, 0)),
        ("POST", f"{V2}/nothing", (0, 0, 0, 0)),
        ("POST", "/apis", (0, 0, 0, 0)),
        ("POST", f"{ARTIFACTS}/%ff/versions", (0, 0, 0, 0)),
        ("PUT", ARTIFACTS, (0, 0, 0, 0)),
        ("PATCH", ARTIFACTS, (0, 0, 0, 0)),
        ("POST", "/health/live", (0, 0, 0, 0)),
        # Methods that take no body.
        ("GET", SEARCH, (0, 0, 0, 0)),
        ("HEAD", SEARCH, (0, 0, 0, 0)),
        ("OPTIONS", ARTIFACTS, (0, 0, 0, 0)),
        ("GET", "/ui/import", (0, 0, 0, 0)),
        # Each level.
        ("POST", "/ui/login", (FORM, FORM, FORM, FORM)),
        ("POST", SEARCH, (0, CONTENT, CONTENT, CONTENT)),
        ("POST", ARTIFACTS, (0, 0, CONTENT, CONTENT)),
        ("DELETE", ARTIFACTS, (0, 0, CONTENT, CONTENT)),
        ("POST", "/ui/upload", (0, 0, CONTENT, CONTENT)),
        ("POST", f"{V2}/admin/rules", (0, 0, 0, CONTENT)),
        # Dumps, also where the address is written in another way.
        ("POST", f"{V2}/admin/import", (0, 0, 0, DUMP)),
        ("POST", "/ui/import", (0, 0, 0, DUMP)),
        ("POST", "/ui/%69mport", (0, 0, 0, DUMP)),
        ("POST", "/ui/snapshots/file", (0, 0, 0, DUMP)),
        ("POST", "/ui/snapshots/moment", (0, 0, 0, CONTENT)),
        ("POST", "/ui/imports", (0, 0, 0, 0)),
        # Snapshots, which hold what was deleted: administrators only, and no write.
        ("POST", f"/at/1{SEARCH}", (0, 0, 0, CONTENT)),
        ("POST", f"/at/1{ARTIFACTS}", (0, 0, 0, CONTENT)),
        ("POST", "/at/1/ui/artifacts", (0, 0, 0, CONTENT)),
        ("GET", f"/at/1{SEARCH}", (0, 0, 0, 0)),
        ("POST", "/at/1/ui/upload", (0, 0, 0, 0)),
        ("POST", "/at/1/ui/login", (0, 0, 0, 0)),
        ("POST", "/at/1/ui/import", (0, 0, 0, 0)),
        ("POST", "/at/1/ui/snapshots/file", (0, 0, 0, 0)),
        ("POST", f"/at/1{V2}/admin/import", (0, 0, 0, CONTENT)),
        ("POST", "/at/1/apis/annals/v1/verdicts", (0, 0, 0, 0)),
        ("POST", f"/at/1/at/1{SEARCH}", (0, 0, 0, 0)),
        ("POST", "/at/1", (0, 0, 0, 0)),
    ],
)
def test_what_is_read_of_a_body(method: str, path: str, sizes: tuple[int, ...]) -> None:
    assert tuple(size(method, path, caller) for caller in CALLERS.values()) == sizes


def test_wrong_credentials_and_unknown_callers_send_forms_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = Caller(ANONYMOUS, _SWITCHES, credentials_error="wrong password")
    open_to_readers = Switches(authentication=True, anonymous_read_access=True)
    assert size("POST", SEARCH, wrong) == 0
    assert size("POST", SEARCH, Caller(ANONYMOUS, open_to_readers)) == CONTENT
    assert size("POST", ARTIFACTS, Caller(ANONYMOUS, open_to_readers)) == 0
    assert size("POST", f"/at/1{SEARCH}", Caller(ANONYMOUS, open_to_readers)) == 0
    # Nothing passed the middleware: all may write only where access is off.
    assert size("POST", ARTIFACTS, None) == CONTENT


def _writing() -> list[tuple[str, Operation]]:
    operations = [*of_apis(), *of_pages()]
    methods = [each.method.replace("page", "POST") for each in operations]
    return [each for each in zip(methods, operations, strict=True) if each[0] != "GET"]


def test_every_operation_has_the_size_of_its_level() -> None:
    for method, each in _writing():
        for name, level in zip(CALLERS, Level, strict=True):
            read = size(method, each.path, CALLERS[name])
            if level < each.level:
                assert read == 0, (each, name)
            elif each.level is Level.NONE:
                assert read == FORM, (each, name)
            else:
                assert read in {CONTENT, DUMP}, (each, name)


def test_below_a_snapshot_bodies_are_for_administrators() -> None:
    for _, each in _writing():
        if each.level is not Level.NONE:
            for name in ("anonymous", "reader", "writer"):
                assert size("POST", f"/at/1{each.path}", CALLERS[name]) == 0, (each, name)
