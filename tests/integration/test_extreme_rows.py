"""Every page and operation over tables whose columns hold the extremes, and what none should."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connections

from dashboard.frame.converters import IdConverter
from journal.database.writer import Writer
from journal.models import LedgerRow
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GlobalIdKey,
    GlobalIdValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
    RoleMappingKey,
    RoleMappingValue,
)
from registry import queries
from registry.column_ranges import MAX_UNALLOCATED_ID
from registry.models import (
    Artifact,
    Content,
    Download,
    Group,
    LogConfig,
    RoleMapping,
    RuleType,
    Version,
)
from registry.times import FIRST_TIME, LAST_TIME
from tests.access.operations import Operation, of_apis, of_pages
from tests.integration.range_ends import Ends, at_the_ends, columns_without_ends
from tests.journals import load_messages
from tests.nodes import node_running
from tests.own_node import Client

#: What the operations that write take, together.
BODY = json.dumps({
    "type": "VALIDITY",
    "config": "FULL",
    "value": "x",
    "state": "ENABLED",
    "owner": "o",
    "role": "ADMIN",
    "principalId": "p",
    "level": "INFO",
    "id": "i",
    "schema": "{}",
}).encode()
#: Questions about what no column holds.
QUERIES = (
    "/ui/artifacts?q=%00&group=%00&type=%00&since=9999-12-31&page=99999999999999999999",
    "/ui/journal?artifact=%00&req=%00&text=%00&from=9999999999999999",
    "/ui/journal?q=%00+artifact:%00+group:%00+req:%00+after:9999-12-31",
    "/ui/admin/roles?revoke=%00",
    "/ui/artifacts/x/%2500/versions/1",
    "/ui/health/mend/move?sequence=contentId&to=9223372036854775807",
    "/apis/registry/v2/search/artifacts?name=%00&labels=%00&properties=%00:%00&group=%00",
    "/apis/registry/v2/search/artifacts?contentId=9223372036854775807&orderby=createdOn",
    "/metrics",
)
_MISSING = "00000000-0000-4000-8000-000000000000"
#: Ids of groups, artifacts, versions and so on, of all that JSON can hold.
TEXTS = ("/", "..", "%2F?a#b\\<b>'\"&amp;{{x}}\u202e\u0000\r\n\té😀", "x" * 128)
TIMES = (FIRST_TIME, -1, 0, LAST_TIME)
TENANTS = ("_", "t" * 128)
#: Contents of an odd form and their types, one for each of the texts.
CONTENTS = (b"\x00\xff", b"[" * 9999, b"1e400", b" ")
TYPES = ("AVRO", "JSON", "", "T" * 32)


def extremes() -> Iterator[Message]:
    for tenant in TENANTS:
        yield from at_the_ends(Ends("é", is_highest=False), tenant)
        yield from at_the_ends(Ends("ü", is_highest=True), tenant)
        yield Message(GlobalRuleKey(tenant, "VALIDITY"), GlobalRuleValue(Action.CREATE, "FULL"))
    for number, text in enumerate(TEXTS):
        yield from _artifact(number, text)
        yield Message(
            GroupKey("_", text),
            GroupValue(
                Action.CREATE, text, text[:32], text, TIMES[number % 4], text, 1, {text: None}
            ),
        )
        yield Message(RoleMappingKey("_", text), RoleMappingValue(Action.CREATE, "READ_ONLY", text))
        yield Message(LogConfigKey("_"), LogConfigValue(Action.UPDATE, text, "FINEST"))
        yield Message(
            DownloadKey("_", text),
            DownloadValue(Action.CREATE, DownloadContext("EXPORT", 2**63 - 1, -1, -1, text[:64])),
        )
        yield _lost(f"lost {text}")
    for name, value in (
        (queries.DOWNLOAD_TTL, "9" * 400),
        (queries.LEGACY_IDS, "maybe"),
        (queries.READ_ONLY_PAGES, ""),
        ("", ""),
    ):
        yield Message(ConfigPropertyKey("_", name), ConfigPropertyValue(Action.UPDATE, value))
    yield Message(GlobalRuleKey("_", "INTEGRITY"), GlobalRuleValue(Action.CREATE, "x" * 5000))
    yield Message(GlobalRuleKey("_", "COMPATIBILITY"), GlobalRuleValue(Action.CREATE, ""))
    for tenant in TENANTS:
        yield Message(ContentIdKey(tenant, "u"), ContentIdValue(Action.RESET))
        yield Message(GlobalIdKey(tenant, "u"), GlobalIdValue(Action.RESET))


def _lost(text: str) -> Message:
    """Return a version of a content that no record supplies."""
    value = ArtifactValue(
        Action.CREATE, global_id=99, created_on=1, content_hash=text, artifact_type="AVRO"
    )
    return Message(ArtifactKey("_", "lost", text, "u"), value)


def _artifact(number: int, text: str) -> Iterator[Message]:
    references = [
        {"groupId": text, "artifactId": text, "version": text, "name": text},
        {"groupId": "", "artifactId": "", "version": "", "name": ""},
    ]
    content_id = MAX_UNALLOCATED_ID - 1 - number
    yield Message(
        ContentV2Key("_", content_id),
        ContentV2Value(
            Action.CREATE_OR_UPDATE,
            text[:64],
            text[:64],
            CONTENTS[number],
            json.dumps(references),
        ),
    )
    yield Message(
        ArtifactKey("_", text, text, "u"),
        ArtifactValue(
            Action.IMPORT,
            state=("ENABLED", "DISABLED", "DEPRECATED")[number % 3],
            meta_data=MetaData(text, text, (text, "", "l" * 9999), {"": None, text: "v" * 9999}),
            global_id=number if number % 2 else MAX_UNALLOCATED_ID - 1 - number,
            version=text,
            artifact_type=TYPES[number],
            created_by=text,
            created_on=TIMES[number % 4],
            version_id=(-(2**31), 0, 2**31 - 1)[number % 3],
            content_id=content_id,
            latest=number != 1,
        ),
    )
    yield Message(
        ArtifactRuleKey("_", text, text, "VALIDITY"),
        ArtifactRuleValue(Action.CREATE, (text, "", "FULL,NONE")[number % 3]),
    )
    yield Message(
        CommentKey("_", text, text, text, text, "u"),
        CommentValue(Action.CREATE, -1, text, TIMES[number % 4], text),
    )


def stored_by_an_earlier_release() -> None:
    """Add rows out of their columns' ranges, which no record brings about any more."""
    writer = Writer(connections.settings["journal"])

    def insert(table: str, **columns: object) -> int:
        columns["id"] = row_id = writer.highest_id(f"registry_{table}") + 1
        marks, names = ", ".join(["%s"] * len(columns)), ", ".join(columns)
        writer.write(f"INSERT INTO registry_{table} ({names}) VALUES ({marks})", *columns.values())
        return row_id

    now, of = {"created_on": 10**18}, {"tenant_id": "_"}
    insert(
        "group",
        **of,
        group_id="",
        description="d" * 9999,
        modified_on=-(2**63),
        created_on_derived=False,
        **now,
    )
    insert("rolemapping", **of, principal_id="king", role="KING")
    insert("rolemapping", **of, principal_id="", role="")
    insert("logconfig", logger="old", level="LOUD")
    insert("configproperty", **of, name=queries.DELETION_ENABLED, modified_on=-(2**63))
    insert("download", **of, download_id="", expires=2**63 - 1)
    insert("globalrule", tenant_id="", type="VALIDITY")
    insert("artifactrule", **of, group_id="", artifact_id="", type="BEAUTY")
    content = insert(
        "content",
        **of,
        content_id=-(2**63),
        content_hash="",
        canonical_hash="",
        content=b"",
        serialized_references='[{"groupId":[],"artifactId":{},"version":null,"name":[1]}]',
    )
    insert("reference", content_id=content, group_id="", artifact_id="", version="", name="")
    place = {"group_id": "", "artifact_id": ""}
    artifact = insert("artifact", **of, **place, type="", latest=2**63 - 1, **now)
    for number, global_id in enumerate((2**63 - 1, -(2**63))):
        version = insert(
            "version",
            **of,
            global_id=global_id,
            artifact_id=artifact,
            version="-" * number,
            version_id=-1,
            state="ENABLED",
            labels="[]",
            content_id=content,
            created_on=(10**18, -(2**63))[number],
        )
        comment_id = ("", "9" * 128)[number]
        insert("comment", **of, comment_id=comment_id, version_id=version, **now)
    writer.write("UPDATE registry_sequence SET value = %s", 2**63 - 1)
    writer.close()


@pytest.fixture
def full(kafka: str, topic: str, each_database: str) -> Iterator[None]:
    load_messages(kafka, topic, extremes())
    with node_running(kafka, topic):
        rejected = LedgerRow.objects.exclude(error="")
        assert {row.error for row in rejected} == {"content-not-found"}
        assert columns_without_ends() == set()
        stored_by_an_earlier_release()
        yield


def rows(names: list[str]) -> list[dict[str, Any]]:
    """Return the values that these names of an address have in the tables."""
    if "artifact_id" in names or "global_id" in names:
        found = [
            {
                "group_id": row.artifact.group_id,
                "artifact_id": row.artifact.artifact_id,
                "version": row.version,
                "global_id": row.global_id,
                "rule_type": "VALIDITY",
                "comment_id": row.comments.all()[0].comment_id,
            }
            for row in Version.objects.select_related("artifact").prefetch_related("comments")
        ]
        return [*found, found[0] | {"version": "latest"}]
    values: dict[str, Sequence[Any]] = {
        "group_id": [row.group_id for row in Group.objects.all()],
        "content_id": [row.content_id for row in Content.objects.all()],
        "content_hash": [row.content_hash for row in Content.objects.all()],
        "principal_id": [row.principal_id for row in RoleMapping.objects.all()],
        "rule_type": RuleType.values,
        "download_id": [row.download_id for row in Download.objects.all()],
        "name": [row.logger for row in LogConfig.objects.all()],
        "offset": [0, 4],
        "subject": [row.artifact_id for row in Artifact.objects.all()],
    }
    others = {**dict.fromkeys(names, _MISSING), "partition": 0, "version": "1", "file_name": "x"}
    varied = next((name for name in names if name in values), "")
    return [others | {varied: value} for value in values.get(varied, [_MISSING])]


def paths(operation: Operation) -> set[str]:
    """Return an operation's paths, filled with what the tables hold."""
    is_page = operation.method == "page"

    def fill(name: str, value: Any) -> str:
        is_id = name in {"group_id", "artifact_id", "version", "comment_id"}
        return quote(IdConverter().to_url(value) if is_page and is_id else str(value), safe="")

    found = set()
    for row in rows(re.findall(r"\{(\w+)\}", operation.template)):
        filled = {name: fill(name, value) for name, value in row.items()}
        found.add(operation.template.format(**filled))
    return found


def addresses(*methods: str) -> list[tuple[str, str]]:
    """Return methods with paths, those of pages as reads."""
    operations = [each for each in (*of_pages(), *of_apis()) if each.method in methods]
    return sorted(
        (each.method.replace("page", "GET"), path) for each in operations for path in paths(each)
    )


def test_no_page_and_no_operation_fails(full: None) -> None:
    client = Client(raise_request_exception=False)
    reads = [(method, path, b"") for method, path in addresses("page", "GET")]
    reads += [("GET", path, b"") for path in QUERIES]
    writes = [
        (method, path, body)
        for method, path in addresses("POST", "PUT", "DELETE")
        for body in (b"", BODY)
    ]
    statuses: Counter[int] = Counter()
    failed = []
    for method, path, body in (*reads, *writes):
        answer: Any = client.generic(
            method, path, body, "application/json", RAW_URI=path.partition("?")[0]
        )
        if answer.streaming:
            b"".join(answer.streaming_content)
        answer.close()
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            failed.append((method, path, body, answer.status_code))

    assert failed == []
    # Most is there to be read, and some of it to be changed.
    assert statuses[200] > 200
    assert statuses[204] > 20
