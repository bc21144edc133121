"""A content id that was used twice, in both views, and what else compaction and upgrades leave."""

import hashlib
from typing import Any

import pytest
from django.db import connections
from msgspec.structs import replace

from journal.database.writer import Writer
from journal.health.state_digest import state_digest
from journal.models import ContentView, LedgerRow, Outcome
from journal.projection.batches import BatchApplier
from journal.projection.decoding import decode_record
from journal.projection.positions import Origin
from journal.projection.remarks import Remark, RemarkCode, to_words
from journal.wire.messages import (
    Action,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    Message,
)
from registry.models import Artifact, Content, GlobalRule, Reference, Version
from registry.references import Reference as Named
from registry.references import content_hash, serialize_references
from tests.journals import (
    DATA,
    TOPIC,
    apply_to_database,
    empty_database,
    read_journal,
    record,
    records,
)
from tests.publishing import (
    global_rule,
    import_version,
    new_artifact,
    new_content,
    new_version,
    old_content,
    version_record,
)

FIRST, LAST = ContentView.FIRST_WINS, ContentView.LAST_WINS
#: The damage: an id that is in use is drawn, said with another content, and used.
TWICE = (
    old_content(1, "a"),
    new_artifact("orders", 1, "a"),
    old_content(1, "b"),
    new_artifact("bills", 2, "b"),
    new_version("orders", 3, "a"),
)


def replay(*messages: Message, view: ContentView, batch: int = 100) -> list[Any]:
    return [effect for _, effect in apply_to_database(records(*messages), batch, view)]


def shown() -> dict[int, bytes]:
    """What each global id shows."""
    found = Version.objects.values_list("global_id", "content__content")
    return {global_id: bytes(content) for global_id, content in found}


@pytest.mark.parametrize("batch", [1, 100])
def test_the_first_use_keeps_the_id_in_the_view_of_2_1(batch: int, each_database: str) -> None:
    effects = replay(*TWICE, view=FIRST, batch=batch)

    assert shown() == {1: b"a", 3: b"a"}
    assert [effect.outcome for effect in effects] == [
        Outcome.APPLIED,
        Outcome.APPLIED,
        Outcome.NO_EFFECT,
        Outcome.REJECTED,
        Outcome.APPLIED,
    ]
    assert effects[2].remarks == (Remark(RemarkCode.CONTENT_ID_REUSED, (1, "first", "hash of b")),)
    assert to_words(effects[2].remarks) == (
        "content id 1 used twice; the first use counts, hash of b is lost"
    )
    assert effects[3].remarks == (
        Remark(RemarkCode.CONTENT_MISSING, ("hash of b",)),
        Remark(RemarkCode.CONTENT_LOST, (1,)),
    )
    assert to_words(effects[3].remarks) == "content id 1 was used twice, this content is lost"


@pytest.mark.parametrize("batch", [1, 100])
def test_the_last_use_overwrites_in_the_view_of_2_6(batch: int, each_database: str) -> None:
    effects = replay(*TWICE, view=LAST, batch=batch)

    assert shown() == {1: b"b", 2: b"b"}
    assert effects[2].remarks == (
        Remark(RemarkCode.CONTENT_ID_REUSED, (1, "last", "hash of a")),
        Remark(RemarkCode.CONTENT_REPLACED, (1,)),
    )
    assert to_words(effects[2].remarks) == (
        "content id 1 used twice; the last use counts, hash of a is lost; "
        "global ids that show the new one: 1"
    )
    assert effects[4].error == "content-not-found"
    assert effects[4].remarks[1:] == (Remark(RemarkCode.CONTENT_LOST, (1,)),)


@pytest.mark.parametrize("view", ContentView)
def test_a_later_start_still_knows_what_was_lost(view: ContentView, each_database: str) -> None:
    replay(*TWICE, view=view)
    lost = "b" if view is FIRST else "a"
    writer = Writer(connections.settings["journal"])
    try:
        later = [
            new_version("orders", 9, lost),
            new_version("orders", 9, "never said"),
            import_version("copies", 9, 1),
            Message(ContentKey("_", f"hash of {lost}", 1), ContentValue(Action.UPDATE, "c")),
        ]
        said = [decode_record(record(message, at)) for at, message in enumerate(later, 50)]
        BatchApplier(writer, Origin(TOPIC, view)).apply(said)
    finally:
        writer.close()

    rows = LedgerRow.objects.filter(offset__gte=50).order_by("offset")
    assert list(rows.values_list("remark", flat=True)) == [
        f'[["content-missing","hash of {lost}"],["content-lost",1]]',
        '[["content-missing","hash of never said"]]',
        '[["content-contested",1]]',
        f'[["content-missing","hash of {lost}"],["content-lost",1]]',
    ]


def test_the_loss_of_another_tenant_is_not_remarked_on(each_database: str) -> None:
    effects = replay(
        old_content(1, "a", tenant="t"),
        old_content(1, "b", tenant="t"),
        new_artifact("orders", 1, "b"),
        view=FIRST,
    )

    assert effects[-1].error == "content-not-found"
    assert to_words(effects[-1].remarks) == ""


@pytest.mark.parametrize(("view", "name"), [(FIRST, "User3"), (LAST, "User4")])
def test_the_article_s_journal_shows_each_generation_its_own(
    view: ContentView, name: str, each_database: str
) -> None:
    """The fourth content, said under the third's id: 2.1 keeps the third, 2.6 shows the fourth."""
    whole = read_journal(DATA / "journals" / "bug-after-restart-writes.jsonl")
    apply_to_database([each for each in whole if each.offset <= 15], view=view)

    content = Content.objects.get(content_id=3)
    assert f'"{name}"'.encode() in bytes(content.content)
    assert hashlib.sha256(bytes(content.content)).hexdigest() == content.content_hash
    assert Version.objects.get(global_id=3).content == content


def test_newer_nodes_overwrite_the_references_too(each_database: str) -> None:
    def said(text: str, name: str) -> Message:
        references = serialize_references([Named("g", "a", "1", name)])
        value = ContentV2Value(
            Action.CREATE_OR_UPDATE, f"hash of {text}", "c", text.encode(), references
        )
        return Message(ContentV2Key("_", 1), value)

    replay(said("a", "old"), said("b", "new"), view=LAST)

    assert list(Reference.objects.values_list("name", flat=True)) == ["new"]


@pytest.mark.parametrize("view", ContentView)
def test_an_imported_content_never_takes_an_id_away(view: ContentView, each_database: str) -> None:
    effects = replay(new_content(1, "a"), old_content(1, "b", Action.IMPORT), view=view)

    assert bytes(Content.objects.get().content) == b"a"
    assert "the first use counts" in to_words(effects[1].remarks)


# Both hash formulas


CONTENT = b'{"type": "object"}'
REFERENCES = serialize_references([Named("g", "a", "1", "first")])
BARE = content_hash(CONTENT, None)
COVERING = content_hash(CONTENT, REFERENCES)


def with_references(hashed: str, canonical: str = "c") -> Message:
    value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, canonical, CONTENT, REFERENCES)
    return Message(ContentV2Key("_", 1), value)


def old_with_references(hashed: str) -> Message:
    return Message(
        ContentKey("_", hashed, 1), ContentValue(Action.CREATE, "c", CONTENT, REFERENCES)
    )


def naming(hashed: str, global_id: int = 1) -> Message:
    message = new_artifact(f"artifact {global_id}", global_id, "")
    value: Any = message.value
    return Message(message.key, replace(value, content_hash=hashed))


@pytest.mark.parametrize("batch", [1, 100])
@pytest.mark.parametrize(("said", "named"), [(BARE, COVERING), (COVERING, BARE)])
def test_a_content_is_found_under_the_hash_by_the_other_formula(
    said: str, named: str, batch: int, each_database: str
) -> None:
    effects = replay(old_with_references(said), naming(named), view=FIRST, batch=batch)

    assert effects[1].outcome is Outcome.APPLIED
    assert Version.objects.get().content.content_hash == said


@pytest.mark.parametrize("view", ContentView)
def test_a_content_repeated_under_the_newer_hash_is_no_second_use(
    view: ContentView, each_database: str
) -> None:
    """Nodes from 2.5.9 on do so once, when they raise the topic's version."""
    effects = replay(
        old_with_references(BARE),
        naming(BARE),
        with_references(COVERING, "new"),
        naming(BARE, 2),
        naming(COVERING, 3),
        view=view,
    )

    assert [effect.remarks for effect in effects] == [()] * 5
    assert all(effect.outcome is Outcome.APPLIED for effect in effects)
    content = Content.objects.get()
    assert (content.content_hash, content.canonical_hash) == (COVERING, "new")
    assert (content.other_hash, Reference.objects.count()) == (BARE, 1)


# What compaction leaves


def test_a_version_whose_end_was_compacted_away_is_back(each_database: str) -> None:
    """The end of a version and its tombstone share a key, so the tombstone takes the end along."""
    whole = (
        new_content(1, "a"),
        new_artifact("orders", 1, "a"),
        new_version("orders", 2, "a"),
        version_record("orders", "2", Action.DELETE),
    )
    tombstone = Message(whole[-1].key)
    replay(*whole, tombstone, view=LAST)
    assert Artifact.objects.get().latest == 1
    empty_database()

    replay(*whole[:-1], tombstone, view=LAST)

    assert Artifact.objects.get().latest == 2


def test_a_rule_whose_making_was_compacted_away_is_lost(each_database: str) -> None:
    made, changed = global_rule(Action.CREATE), global_rule(Action.UPDATE, "NONE")
    replay(made, changed, view=LAST)
    assert GlobalRule.objects.get().configuration == "NONE"
    empty_database()

    effects = replay(changed, view=LAST)

    assert effects[0].error == "rule-not-found"
    assert GlobalRule.objects.count() == 0


def test_bytes_that_a_canonical_hash_took_along_stay_away(each_database: str) -> None:
    """The update of a canonical hash has the content's own key and none of its bytes."""
    key = ContentKey("_", "hash of a", 1)
    effects = replay(
        Message(key, ContentValue(Action.UPDATE, "c", None)),
        new_artifact("orders", 1, "a"),
        view=FIRST,
    )

    assert effects[0].reason == "no content has id 1 and hash hash of a"
    assert effects[1].error == "content-not-found"


def test_the_view_is_part_of_the_digest(each_database: str) -> None:
    replay(new_content(1, "a"), view=FIRST)
    first = state_digest()
    empty_database()

    replay(new_content(1, "a"), view=LAST)

    assert state_digest().value != first.value
