"""Numbers and JSON of odd forms: each API takes what its specification has, and never fails."""

from itertools import product
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from journal.kafka.strimzi import broker_settings
from journal.ledger.rows import last_ledger_id
from registry.queries import DOWNLOAD_TTL
from registry.whole_numbers import MAX_LONG, parse_signed_number, parse_whole_number
from tests.journals import DATA, apply_to_database, read_journal
from tests.own_node import Client

V2 = "/apis/registry/v2"
CC = "/apis/ccompat/v7"
G1 = f"{V2}/groups/g1/artifacts"
VERSION = f"{G1}/user1/versions/1"
JSON = "application/json"
ZEROS = "0" * 5000
DEEP = 3000

#: Every operation that takes JSON; the answer of Confluent's registry to no schema is 422.
OPERATIONS: list[tuple[str, str, str, int]] = [
    ("POST", G1, "application/create.extended+json", 400),
    ("POST", f"{V2}/search/artifacts", "application/get.extended+json", 400),
    ("PUT", f"{G1}/user1/meta", JSON, 400),
    ("PUT", f"{G1}/user1/state", JSON, 400),
    ("PUT", f"{G1}/user1/owner", JSON, 400),
    ("POST", f"{G1}/user1/rules", JSON, 400),
    ("PUT", f"{G1}/user1/rules/VALIDITY", JSON, 400),
    ("PUT", f"{VERSION}/meta", JSON, 400),
    ("PUT", f"{VERSION}/state", JSON, 400),
    ("POST", f"{VERSION}/comments", JSON, 400),
    ("PUT", f"{VERSION}/comments/1", JSON, 400),
    ("POST", f"{V2}/groups", JSON, 400),
    ("POST", f"{V2}/admin/rules", JSON, 400),
    ("PUT", f"{V2}/admin/rules/VALIDITY", JSON, 400),
    ("POST", f"{V2}/admin/roleMappings", JSON, 400),
    ("PUT", f"{V2}/admin/roleMappings/x", JSON, 400),
    ("PUT", f"{V2}/admin/config/properties/{DOWNLOAD_TTL}", JSON, 400),
    ("PUT", f"{V2}/admin/loggers/x", JSON, 400),
    ("PUT", f"{CC}/config", JSON, 422),
    ("PUT", f"{CC}/config/user1", JSON, 422),
    ("POST", f"{CC}/subjects/user1/versions", JSON, 422),
]
#: RFC 8259 has none of these, or sets limits to their depth or range (section 9).
NO_JSON = [
    b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"x":' * DEEP + b"1" + b"}" * DEEP,
    b"[" * 200_000,
    b'{"x":NaN}',
    b'{"x":-Infinity}',
    b'{"x":1e400}',
    b'{"x":' + b"9" * 5000 + b"}",
    b'{"x":01}',
    b'{"x":"\\ud800"}',
    b'{"x":"\xff"}',
    b'{"x":1,}',
    b"{'x':1}",
    b"{}x",
]


@pytest.fixture
def tables(sqlite_database: str) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl")[:124])


def get(path: str) -> Any:
    return Client().get(path)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("kinds", [4, pytest.param(len(NO_JSON), marks=pytest.mark.soak)])
def test_what_is_no_json_is_the_clients_error_everywhere(kinds: int) -> None:
    """Each operation gets some kinds, and so each kind is sent to several."""
    before = last_ledger_id()
    for index, (method, path, media_type, status) in enumerate(OPERATIONS):
        for body in (NO_JSON[(index + kind) % len(NO_JSON)] for kind in range(kinds)):
            answer = Client().generic(method, path, body, content_type=media_type)
            assert answer.status_code == status, (method, path, body[:20])
            assert "not JSON" in answer.json()["message"]
    assert last_ledger_id() == before


@pytest.mark.usefixtures("tables")
def test_fields_that_nobody_knows_may_hold_any_json() -> None:
    # What is wrong with these is the address, not the JSON.
    requests = (
        ("POST", f"{G1}/none/rules", b'{"type":"VALIDITY","config":"FULL","x":%s}'),
        ("PUT", f"{G1}/none/owner", b'{"owner":"anna","x":%s}'),
        ("PUT", f"{CC}/config/none", b'{"compatibility":"FULL","x":%s}'),
    )
    values = (b"[" * 500 + b"]" * 500, b"1e300", b"-0", b"9" * 300, b'"\\ud83d\\ude00"')
    for (method, path, body), value in product(requests, values):
        answer = Client().generic(method, path, body % value, content_type=JSON)
        assert answer.status_code == 404, answer.content


@pytest.mark.usefixtures("tables")
def test_the_version_of_a_reference_is_a_number_that_is_stored() -> None:
    body = b'{"schema":"{}","references":[{"name":"a","subject":"b","version":%s}]}'
    for version in (b"9" * 20, b"9" * 400, b"1.5", b"-1", b'"x"', b"null", b"[1]", b"true"):
        answer = Client().post(f"{CC}/subjects/x/versions", body % version, content_type=JSON)
        assert answer.status_code == 422, version


@pytest.mark.usefixtures("tables")
def test_leading_zeros_change_no_number() -> None:
    """Java reads these parameters with Long.parseLong, to which 007 is 7."""
    search = f"{V2}/search/artifacts"
    assert get(f"{search}?limit={ZEROS}1").json() == get(f"{search}?limit=1").json()
    assert get(f"{search}?offset={ZEROS}1").json() == get(f"{search}?offset=1").json()
    assert get(f"{search}?limit={ZEROS}").json()["artifacts"] == []
    by_id = get(f"{V2}/ids/globalIds/1")
    assert by_id.status_code == 200
    assert get(f"{V2}/ids/globalIds/{ZEROS}1").content == by_id.content
    assert get(f"{V2}/ids/contentIds/{ZEROS}1").status_code == 200


@pytest.mark.usefixtures("tables")
def test_no_spelling_passes_a_limit() -> None:
    texts = (
        f"{ZEROS}1000000",
        "1001",
        str(2**63),
        "9" * 5000,
        "-1",
        "%2B1",
        "1.0",
        "1e3",
        "١",
        "²",
    )
    paths = (f"{V2}/search/artifacts", f"{V2}/groups", f"{G1}/user1/versions")
    for path, text in product(paths, texts):
        assert get(f"{path}?limit={text}").status_code == 400, (path, text[:20])


@pytest.mark.usefixtures("tables")
def test_what_is_no_64_bit_number_is_no_id() -> None:
    paths = (
        f"{V2}/ids/globalIds/%s",
        f"{V2}/ids/contentIds/%s/references",
        f"{V2}/search/artifacts?globalId=%s",
        f"{V2}/search/artifacts?offset=%s",
        "/apis/annals/v1/digest/rows?table=groups&block=%s",
    )
    for text in (str(2**63), "9" * 5000, f"{ZEROS}{2**63}", "1.0", "١", "²"):
        for path in paths:
            assert get(path % text).status_code == 400, (path, text[:20])
        assert get(f"{CC}/subjects/user1/versions/{text}").status_code == 422


@pytest.mark.usefixtures("tables")
def test_no_number_in_an_address_breaks_a_page() -> None:
    paths = (
        "/ui/journal/0/%s",
        "/ui/journal?goto=%s",
        "/ui/journal?text=contentId:%s",
        "/ui/artifacts?q=%s&page=%s",
        "/ui/snapshots/beside/0/%s",
        "/ui/health/mend/move?sequence=contentId&to=%s",
    )
    texts = ("9" * 30, "9" * 5000, "²")
    for path, text in product(paths, texts):
        assert get(path.replace("%s", text)).status_code < 500, (path, text[:20])
    # Once, since it waits for a broker that is not there.
    assert get("/ui/journal/export?pick=²&pick=" + "9" * 5000).status_code < 500


@pytest.mark.usefixtures("tables")
def test_a_lifetime_is_a_number_that_a_moment_can_be_made_of() -> None:
    address = f"{V2}/admin/config/properties/{DOWNLOAD_TTL}"
    for value in ("9" * 18, "9" * 5000, "²", "1.5"):
        answer = Client().put(address, {"value": value}, content_type=JSON)
        assert answer.status_code == 400, value[:20]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("000", 0),
        ("007", 7),
        (f"{ZEROS}9223372036854775807", MAX_LONG),
        ("9223372036854775808", None),
        ("", None),
        (" 1", None),
        ("1_0", None),
        ("-0", None),
        ("１", None),
    ],
)
def test_a_whole_number_is_ascii_digits(text: str, number: int | None) -> None:
    assert parse_whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("-1", -1), ("-0", 0), (f"-{ZEROS}5", -5), ("--1", None), ("-", None), ("-١", None)],
)
def test_settings_of_topics_may_be_below_zero(text: str, number: int | None) -> None:
    assert parse_signed_number(text) == number
    config = {"log.retention.hours": text}
    values = [each.value for each in broker_settings(config).values()]
    if number is None:
        assert values == []
    else:
        assert values == ["-1" if number < 0 else "0"]


@pytest.mark.usefixtures("tables")
def test_the_journal_goes_to_whole_numbers_alone() -> None:
    first = get("/ui/journal?goto=0:0")["Location"]
    for text in (f"{ZEROS[:500]}", "0000:000", f"00:{ZEROS[:500]}"):
        assert get(f"/ui/journal?goto={text}")["Location"] == first
    for text in ("١", "²:1", "1:²", f"{2**31}:0", f"0:{2**63}", "-1"):
        assert "no time" in get(f"/ui/journal?goto={text}").content.decode(), text


@pytest.mark.parametrize("text", ["١", "²", "1_0", "-1", "+1", " 1", "9" * 5000])
def test_commands_take_whole_numbers_alone(text: str) -> None:
    for command, option in (("tail", "-n"), ("simulate", "--ms"), ("simulate", "--bytes")):
        kind = ("retention",) if command == "simulate" else ()
        with pytest.raises(CommandError, match=rf"argument {option}: .* is (not a|no) "):
            call_command(command, *kind, f"{option}={text}")


@pytest.mark.usefixtures("tables")
def test_a_length_that_is_no_64_bit_number_is_too_long() -> None:
    for length in ("9" * 20, "9" * 5000):
        answer = Client().generic("POST", G1, b"{}", CONTENT_LENGTH=length)
        assert answer.status_code == 413, length[:30]
