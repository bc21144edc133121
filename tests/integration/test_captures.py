"""Journals that real nodes wrote: replayed, they are what those nodes held afterwards."""

import json
from typing import Any

import pytest

from journal.kafka.records import Record
from journal.models import ContentView, Outcome
from journal.projection.batches import AppliedRecords
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.remarks import to_words
from journal.wire.messages import MessageType
from registry.models import (
    ArtifactRule,
    ConfigProperty,
    Content,
    Download,
    GlobalRule,
    LogConfig,
    RoleMapping,
    Sequence,
    Version,
)
from tests.exports import exported, stored, without_derived_times
from tests.journals import DATA, apply_to_database, empty_database, read_journal
from tests.own_node import Client

JOURNALS = DATA / "journals"
#: A global id and a content id.
Ids = tuple[int, int]
#: Sequences at the end: content, global and comment ids drawn by each release's calls.
WHOLE = {
    "2.1.3": {"contentId": 18, "globalId": 23},
    "2.1.5": {"contentId": 18, "globalId": 23},
    "2.6.13": {"contentId": 17, "globalId": 22, "commentId": 2},
    "2.6.13-3partitions": {"contentId": 17, "globalId": 22, "commentId": 2},
}


def replay(name: str, view: ContentView | None = None) -> AppliedRecords:
    """As a node would that finds the topic; the view is chosen as it chooses."""
    journal = read_journal(JOURNALS / f"{name}.jsonl")
    return apply_to_database(journal, view=view or view_of(journal))


def view_of(journal: list[Record]) -> ContentView:
    return choose_view(
        "auto", lambda: any((each.key or b"\0")[0] in NEWER_TYPES for each in journal)
    )


def drawn() -> dict[str, int]:
    return dict(Sequence.objects.values_list("name", "value"))


def answers(name: str) -> list[dict[str, Any]]:
    """A Java node's: a `get` or a `post`, its `status` and its `body`."""
    lines = (JOURNALS / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def get(path: str) -> tuple[int, str]:
    answer = Client().get(f"/apis/registry/v2/{path}")
    return answer.status_code, answer.content.decode()


def by_meaning(text: str) -> Any:
    """Lists of artifacts without an order: two may have the same name. 2.1 tells no references."""
    document = json.loads(text)
    if isinstance(document, list):
        return sorted(document)
    for each in document.get("versions", []):
        assert each.pop("references", []) == []
    if "artifacts" in document:
        document["artifacts"].sort(key=lambda each: (each.get("groupId", ""), each["id"]))
    return document


@pytest.mark.parametrize("release", WHOLE)
def test_a_replay_holds_all_that_the_node_exported_after_its_own(
    release: str, each_database: str
) -> None:
    replay(release)

    expected = exported(JOURNALS / f"{release}-export.zip")
    assert without_derived_times(stored()) == without_derived_times(expected)


@pytest.mark.parametrize("release", WHOLE)
def test_a_replay_is_searched_with_the_node_s_own_answer(release: str, each_database: str) -> None:
    replay(release)

    status, found = get("search/artifacts?limit=500")
    assert status == 200
    expected = (JOURNALS / f"{release}-search.json").read_text()
    assert by_meaning(found) == by_meaning(expected)


@pytest.mark.parametrize("release", WHOLE)
def test_a_replay_ends_with_the_recorded_sequences(release: str, each_database: str) -> None:
    replay(release)

    assert drawn() == WHOLE[release]


@pytest.mark.parametrize("release", WHOLE)
def test_a_replay_keeps_what_no_export_has(release: str, each_database: str) -> None:
    """The calls deleted what they had made, aside from these."""
    replay(release)

    kept = {
        "roles": list(RoleMapping.objects.values_list("principal_id", "role")),
        "properties": list(ConfigProperty.objects.values_list("name", "value")),
        "loggers": list(LogConfig.objects.values_list("logger", "level")),
        "downloads": list(Download.objects.values_list("type", flat=True)),
    }
    newer = release.startswith("2.6")
    assert kept == {
        "roles": [],
        "properties": [("registry.rest.artifact.deletion.enabled", "true")] if newer else [],
        # Removing a logger says its effective level; that it is gone is said since 2.1.5 only.
        "loggers": [("org.acme.Test", "INFO")] if release == "2.1.3" else [],
        "downloads": ["EXPORT"] if newer else [],
    }


@pytest.mark.parametrize("damage", ["bug", "control"])
@pytest.mark.parametrize("moment", ["after", "after-restart-writes"])
def test_the_article_s_steps_are_answered_as_the_node_answered(
    damage: str, moment: str, each_database: str
) -> None:
    applied = replay(f"{damage}-{moment}")

    said = answers(f"{damage}-answers-{moment}")
    for each in (each for each in said if "get" in each):
        status, found = get(each["get"])
        assert status == each["status"]
        assert_alike(each["get"], found, each["body"])
    posts = [made_by(each) for each in said if "post" in each]
    made = artifacts_made(applied)
    assert made[len(made) - len(posts) :] == posts


def assert_alike(path: str, found: str, expected: str) -> None:
    if path.startswith("ids/"):
        # The answers were noted down on one line.
        assert found.replace("\n", " ").strip() == expected.replace("\n", " ").strip()
    else:
        assert by_meaning(found) == by_meaning(expected)


def artifacts_made(applied: AppliedRecords) -> list[Ids | None]:
    """By each artifact record; None where it was refused."""
    content_ids = dict(Version.objects.values_list("global_id", "content__content_id"))
    return [
        (id_, content_ids[id_]) if effect.outcome is Outcome.APPLIED else None
        for id_, effect in (
            (read.subject.global_id or 0, effect)
            for read, effect in applied
            if read.type == MessageType.ARTIFACT
        )
    ]


def made_by(post: dict[str, Any]) -> Ids | None:
    body = json.loads(post["body"])
    return (body["globalId"], body["contentId"]) if post["status"] == 200 else None


def test_before_the_damage_the_journal_holds_three_of_everything(each_database: str) -> None:
    for name in ("bug-before", "control-before"):
        replay(name)

        assert get("search/artifacts")[1].count('"id"') == 3
        assert drawn() == {
            "contentId": 3,
            "globalId": 3,
        }
        empty_database()


def test_damage_heals_after_one_failure_an_id(each_database: str) -> None:
    applied = replay("bug-after-restart-writes")

    fourth = [(read.type, effect) for read, effect in applied if 14 <= read.record.offset <= 17]
    content_id, content, global_id, artifact = (effect for _, effect in fourth)
    assert (content_id.result, content_id.is_in_use) == (3, True)
    assert content.outcome is Outcome.NO_EFFECT
    assert to_words(content.remarks).startswith(
        "content id 3 used twice; the first use counts, feec5bf23853f"
    )
    assert (global_id.result, global_id.is_in_use) == (3, True)
    assert artifact.error == "content-not-found"
    assert [remark.code for remark in artifact.remarks] == ["content-missing", "content-lost"]
    assert to_words(artifact.remarks) == "content id 3 was used twice, this content is lost"
    assert drawn() == {"contentId": 7, "globalId": 7}


def test_a_node_of_2_6_sees_the_damaged_journal_with_foreign_content(each_database: str) -> None:
    """Both views of one topic: what 2.1 refused, later nodes overwrite."""
    replay("bug-after-restart-writes", ContentView.LAST_WINS)

    status, text = get("ids/globalIds/3")
    assert (status, json.loads(text)["name"]) == (200, "User4")
    assert get("ids/contentIds/3")[1] == text
    assert json.loads(get("search/artifacts")[1])["count"] == 7


@pytest.mark.parametrize("moment", ["before", "after-start", "after-restart"])
def test_an_upgraded_journal_is_answered_as_the_node_of_that_moment_answered(
    moment: str, each_database: str
) -> None:
    replay(f"upgrade-{moment}")

    for each in answers(f"upgrade-answers-{moment}"):
        path = each["get"]
        status, found = (200, rules(path)) if path.endswith("rules") else get(path)
        assert status == each["status"], path
        assert_alike(path, found, each["body"])


def rules(path: str) -> str:
    """The names of the global rules or of one artifact's, as they are told over REST."""
    if path == "admin/rules":
        return json.dumps(list(GlobalRule.objects.values_list("type", flat=True)))
    _, group, _, artifact, _ = path.split("/")
    of = ArtifactRule.objects.filter(group_id=group, artifact_id=artifact)
    return json.dumps(list(of.values_list("type", flat=True)))


def test_an_upgrade_keeps_ids_bytes_and_hashes_and_renews_canonical_hashes(
    each_database: str,
) -> None:
    replay("upgrade-before", ContentView.LAST_WINS)
    before = stored()
    hashes = dict(Content.objects.values_list("content_id", "canonical_hash"))
    empty_database()

    replay("upgrade-after-start")

    after = stored()
    renewed = dict(Content.objects.values_list("content_id", "canonical_hash"))
    assert {id_ for id_, each in renewed.items() if each != hashes[id_]} == {1, 2}
    for rows in (before, after):
        for each in rows["Content"]:
            del each["canonicalHash"]
    assert after == before
