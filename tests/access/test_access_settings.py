"""Access settings from the environment, and what they must not leave open."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from access.configuration import AdminOverride, AuthMethod, RoleSource
from node.config.access import access_configuration, is_declared_open
from registry.roles import RoleType
from tests.nodes import NodeProcess, node_process
from tests.web import http

OIDC = {
    "ANNALS_ACCESS": "oidc",
    "ANNALS_OIDC_ISSUER": "https://issuer.example",
    "ANNALS_OIDC_AUDIENCE": "annals",
}


@pytest.fixture
def set_environment(monkeypatch: pytest.MonkeyPatch) -> "SetEnvironment":
    return SetEnvironment(monkeypatch)


class SetEnvironment:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, environment: Mapping[str, str]) -> None:
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)


def test_off_by_default(set_environment: SetEnvironment) -> None:
    assert not access_configuration().is_on
    assert not is_declared_open()
    set_environment({"ANNALS_ACCESS": "open"})
    assert not access_configuration().is_on
    assert is_declared_open()


def test_every_setting_is_read(set_environment: SetEnvironment) -> None:
    set_environment(
        OIDC
        | {
            "ANNALS_ACCESS": "basic, oidc",
            "ANNALS_USERS_FILE": "/users",
            "ANNALS_OIDC_CLIENT_ID": "pages",
            "ANNALS_OIDC_CLIENT_SECRET": "secret",
            "ANNALS_OIDC_LEEWAY": "5",
            "ANNALS_ROLES_FROM": "application",
            "ANNALS_ROLE_ADMIN": "boss",
            "ANNALS_ADMIN_CLAIM": "org/admin=true",
            "ANNALS_SESSION_HOURS": "2",
        }
    )
    configuration = access_configuration()
    assert configuration.methods == {AuthMethod.BASIC, AuthMethod.OIDC}
    assert configuration.users_file == Path("/users")
    assert configuration.login_issuer is not None
    assert (configuration.login_issuer.client_id, configuration.login_issuer.leeway_seconds) == (
        "pages",
        5,
    )
    assert configuration.role_source is RoleSource.APPLICATION
    assert configuration.roles["boss"] is RoleType.ADMIN
    assert configuration.admin_override == AdminOverride("org/admin", "true")
    assert configuration.session_seconds == 7200


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"ANNALS_ACCESS": "ldap"}, "none of basic, oidc"),
        ({"ANNALS_ACCESS": "open, oidc"}, "alone"),
        ({"ANNALS_ACCESS": "basic"}, "ANNALS_USERS_FILE"),
        ({"ANNALS_ACCESS": "oidc"}, "ANNALS_OIDC_ISSUER"),
        (OIDC | {"ANNALS_OIDC_ISSUER": "issuer.example"}, "http"),
        (OIDC | {"ANNALS_OIDC_AUDIENCE": ""}, "ANNALS_OIDC_AUDIENCE"),
        (OIDC | {"ANNALS_ROLES_FROM": "ldap"}, "ANNALS_ROLES_FROM"),
        (OIDC | {"ANNALS_ADMIN_CLAIM": "admin"}, "claim and its value"),
        (
            {"ANNALS_ACCESS": "basic", "ANNALS_USERS_FILE": "/users", "ANNALS_ADMIN_CLAIM": "a=b"},
            "a password has no claims",
        ),
    ],
)
def test_an_invalid_setting_stops_the_start(
    set_environment: SetEnvironment, environment: Mapping[str, str], why: str
) -> None:
    set_environment(environment)
    with pytest.raises(ImproperlyConfigured, match=why):
        access_configuration()


def test_beyond_the_loopback_a_node_needs_a_setting(tmp_path: Path, free_port: int) -> None:
    node = node_process(tmp_path, free_port, ANNALS_HTTP_HOST="0.0.0.0")
    with pytest.raises(AssertionError, match=r"0\.0\.0\.0 is not the loopback.*ANNALS_ACCESS"):
        node.start()
    assert node.stop() == 1


@pytest.mark.kafka
def test_beyond_the_loopback_an_open_node_answers(
    kafka: str, topic: str, tmp_path: Path, free_port: int
) -> None:
    node = node_process(
        tmp_path,
        free_port,
        KAFKA_BOOTSTRAP_SERVERS=kafka,
        JOURNAL_TOPIC=topic,
        ANNALS_HTTP_HOST="0.0.0.0",
        ANNALS_ACCESS="open",
    )
    try:
        started: NodeProcess = node.start()
        at = started.url.replace("0.0.0.0", "127.0.0.1")
        assert http.get(f"{at}/apis/registry/v2/system/info").status_code == 200
    finally:
        node.stop()
