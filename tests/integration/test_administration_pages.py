"""Each form of the administration pages: what it does, and what it refuses without doing it."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from registry import queries
from registry.errors import RuleNotFound
from tests.own_node import Client

#: For what changes nothing, and what changes something.
of_all = pytest.mark.usefixtures("shared_node")
of_its_own = pytest.mark.usefixtures("node")

ARTIFACTS = "/apis/registry/v2/groups/shop/artifacts"


def post(path: str, **fields: str) -> HttpResponse:
    response = Client().post(path, fields)
    assert isinstance(response, HttpResponse)
    return response


def toast_of(path: str, **fields: str) -> str:
    """What the page after the form says was done."""
    response = Client().post(path, fields, follow=True)
    assert response.redirect_chain, response.text
    match = re.search(r"data-words>([^<]+)<", response.text)
    assert match is not None
    return match[1]


def error_text(response: HttpResponse) -> str:
    assert response.status_code == 400
    match = re.search(r'wrong-because"[^>]*>.*?</svg>([^<]+)<', response.text, re.DOTALL)
    assert match is not None
    return match[1]


def roles() -> dict[str, str]:
    return {each.principal_id: each.role for each in queries.role_mappings()}


@of_its_own
def test_a_role_is_granted_changed_and_revoked() -> None:
    page = "/ui/admin/roles"
    assert (
        toast_of(page, principal="alice", role="DEVELOPER", name="Alice")
        == "alice is DEVELOPER now."
    )
    assert (
        toast_of(page, principal="alice", role="ADMIN") == "alice was DEVELOPER, and is ADMIN now."
    )
    assert queries.role_mapping("alice").principal_name == "Alice"
    confirmation = Client().get(f"{page}?revoke=alice")
    assert "Take the role ADMIN from alice?" in confirmation.text
    assert "Nobody else is ADMIN here" in confirmation.text
    assert roles() == {"alice": "ADMIN"}
    assert toast_of(page, principal="alice", revoke="1") == "alice is ADMIN no longer."
    assert roles() == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"principal": "", "role": "ADMIN"}, "Say to whom"),
        ({"principal": "a\tb", "role": "ADMIN"}, "control characters"),
        ({"principal": "x" * 256, "role": "ADMIN"}, "at most 255"),
        ({"principal": "alice", "role": "KING"}, "A role is one of READ_ONLY, DEVELOPER, ADMIN."),
        ({"principal": "alice"}, "A role is one of"),
    ],
)
@of_all
def test_no_role_is_granted_for_an_invalid_name_or_role(fields: dict[str, str], words: str) -> None:
    response = post("/ui/admin/roles", **fields)
    assert words in error_text(response)
    assert fields["principal"] in response.text
    assert roles() == {}


@of_all
def test_a_role_that_does_not_exist_is_not_revoked() -> None:
    assert post("/ui/admin/roles", principal="nobody", revoke="1").status_code == 404
    assert Client().get("/ui/admin/roles?revoke=nobody").status_code == 404


def value(name: str) -> tuple[str, bool]:
    match = queries.config_property(name)
    return match.value, match.is_stored


@of_its_own
def test_a_setting_is_set_and_is_its_default_again() -> None:
    page, name = "/ui/admin/settings", queries.DOWNLOAD_TTL
    assert toast_of(page, name=name, value="60") == "Download link expiry is 60 now, on every node."
    assert value(name) == ("60", True)
    assert "Back to the default" in Client().get(page).text
    assert toast_of(page, name=name, reset="1") == "Download link expiry is its default again."
    assert value(name) == ("30", False)
    switch = queries.DELETION_ENABLED
    assert "is on now" in toast_of(page, name=switch, value="true")
    assert value(switch) == ("true", True)


@pytest.mark.parametrize("given", ["-1", "many", "", "1" * 30])
@of_all
def test_an_invalid_value_is_reported_at_its_setting_and_stays_there(given: str) -> None:
    response = post("/ui/admin/settings", name=queries.DOWNLOAD_TTL, value=given)
    assert "a whole number" in error_text(response)
    assert f'name="value" value="{given}"' in response.text
    assert value(queries.DOWNLOAD_TTL) == ("30", False)


@of_all
def test_a_setting_that_is_none_is_not_found() -> None:
    assert post("/ui/admin/settings", name="no.such", value="1").status_code == 404


@of_its_own
def test_settings_are_filtered_by_a_keyword() -> None:
    match = Client().get("/ui/admin/settings?q=EXPIRY").text
    assert queries.DOWNLOAD_TTL in match
    assert queries.DELETION_ENABLED not in match
    assert "Nothing matches “nonsense”" in Client().get("/ui/admin/settings?q=nonsense").text
    response = post("/ui/admin/settings?q=expiry", name=queries.DOWNLOAD_TTL, value="40")
    assert response["Location"].endswith("?q=expiry")


@of_its_own
def test_a_logger_is_set_and_follows_the_one_above_again() -> None:
    page = "/ui/admin/loggers"
    assert toast_of(page, logger="api.v2", level="WARN") == (
        "api.v2 logs from WARN on now, on every node."
    )
    assert [(each.name, each.level) for each in queries.loggers()] == [("api.v2", "WARN")]
    assert toast_of(page, logger="api.v2", reset="1").startswith("api.v2 follows the one above it")
    assert queries.loggers() == ()


@pytest.mark.parametrize(
    ("logger", "level", "words"),
    [
        ("", "INFO", "Say which logger"),
        ("a\nb", "INFO", "control characters"),
        ("x" * 256, "INFO", "at most 255"),
        ("api", "LOUD", "A level is one of TRACE"),
        ("api", "", "A level is one of TRACE"),
    ],
)
@of_all
def test_no_logger_is_set_by_a_bad_name_or_level(logger: str, level: str, words: str) -> None:
    response = post("/ui/admin/loggers", logger=logger, level=level)
    assert words in error_text(response)
    assert queries.loggers() == ()


def global_rule(rule: str) -> str:
    try:
        return queries.global_rule(rule).configuration or ""
    except RuleNotFound:
        return ""


@of_its_own
def test_a_global_rule_is_previewed_set_changed_and_switched_off() -> None:
    page = "/ui/admin/rules"
    foreseen = Client().get(f"{page}?rule=VALIDITY&level=FULL")
    assert foreseen.status_code == 200
    assert global_rule("VALIDITY") == ""
    assert "Validity is FULL for all artifacts now." in toast_of(
        page, rule="VALIDITY", level="FULL"
    )
    assert global_rule("VALIDITY") == "FULL"
    toast_of(page, rule="VALIDITY", level="SYNTAX_ONLY")
    assert global_rule("VALIDITY") == "SYNTAX_ONLY"
    assert "switched off" in toast_of(page, rule="VALIDITY")
    assert global_rule("VALIDITY") == ""


@pytest.mark.parametrize(("rule", "level"), [("VALIDITY", "LOUD"), ("NONE", "FULL"), ("", "")])
@of_all
def test_an_unknown_rule_or_level_changes_nothing_and_is_reported(rule: str, level: str) -> None:
    toast_of("/ui/admin/rules", rule="VALIDITY", level="FULL")
    assert toast_of("/ui/admin/rules", rule=rule, level=level).startswith("Nothing was changed")
    assert global_rule("VALIDITY") == "FULL"


def uploaded(name: str) -> dict[str, Any]:
    headers = {"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "AVRO"}
    body = f'{{"type": "record", "name": "{name}", "fields": []}}'
    made: dict[str, Any] = (
        Client().post(ARTIFACTS, body, "application/json", headers=headers).json()
    )
    return made


@of_its_own
def test_the_export_page_counts_what_the_export_holds() -> None:
    for name in ("one", "two"):
        uploaded(name)
    comments = f"{ARTIFACTS}/one/versions/1/comments"
    assert Client().post(comments, '{"value": "said"}', "application/json").status_code == 200
    toast_of("/ui/admin/rules", rule="VALIDITY", level="FULL")
    counts = queries.export_counts()
    entries = [path for path, _ in queries.export_entries()]
    assert counts.groups == sum(path.endswith(".Group.json") for path in entries) == 1
    assert counts.versions == sum(path.endswith(".ArtifactVersion.json") for path in entries) == 2
    assert counts.contents == sum(path.endswith(".Content.json") for path in entries) == 2
    assert counts.comments == sum(path.endswith(".Comment.json") for path in entries) == 1
    assert counts.global_rules == sum(path.startswith("rules/") for path in entries) == 1
    assert counts.artifacts == 2
    sizes = [len(data) for path, data in queries.export_entries() if path.endswith(".data")]
    assert counts.content_bytes == sum(sizes)
    page = Client().get("/ui/admin/export").text
    assert "/apis/registry/v2/admin/export" in page
    assert "<dt>Versions</dt><dd>2</dd>" in page


@of_all
def test_the_nodes_page_describes_this_node() -> None:
    page = Client().get("/ui/admin/nodes").text
    assert "Writes dialect" in page
    assert "ANNALS_PEERS" in page
