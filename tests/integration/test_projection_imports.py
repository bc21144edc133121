"""Imported versions with what a Java node makes of them, and the sequences that follow them."""

from typing import Any

import pytest

from journal.models import Outcome
from journal.projection.remarks import to_words
from journal.wire.messages import (
    Action,
    CommentIdKey,
    CommentIdValue,
    ContentIdKey,
    ContentIdValue,
    GlobalIdKey,
    GlobalIdValue,
    Message,
    MetaData,
)
from registry.models import Artifact, Label, Property, Sequence, Version
from tests.publishing import (
    apply_messages,
    comment,
    import_version,
    new_artifact,
    new_content,
    new_version,
)

pytestmark = pytest.mark.usefixtures("each_database")
ORDERS = (new_content(1, "a"), new_artifact("orders", 1, "a"))


def draw_global_id(action: Action = Action.CREATE) -> Message:
    return Message(GlobalIdKey("_", "u"), GlobalIdValue(action))


def latest() -> dict[str, int | None]:
    return dict(Artifact.objects.values_list("artifact_id", "latest"))


def test_an_imported_version_is_stored_as_its_record_has_it() -> None:
    apply_messages(
        new_content(7, "a"),
        import_version(
            "orders", 12, 7, version="v", version_id=5, state="DEPRECATED", latest=False
        ),
        import_version("orders", 11, 7, version="w", version_id=9),
    )

    assert list(Version.objects.order_by("id").values_list("global_id", "version_id", "state")) == [
        (12, 5, "DEPRECATED"),
        (11, 9, "ENABLED"),
    ]
    assert latest() == {"orders": 11}


def test_an_import_of_minus_one_allocates_an_id() -> None:
    effects = apply_messages(*ORDERS, draw_global_id(), import_version("bills", -1, 1))

    assert effects[-1].result == 2
    assert latest() == {"orders": 1, "bills": 2}


def test_an_import_of_minus_one_with_labels_is_never_the_latest() -> None:
    """Their rows name version -1 on a Java node, fail, and end the import before `latest`."""
    meta = MetaData("Bills", None, ("blue",), None)
    effects = apply_messages(
        *ORDERS,
        draw_global_id(),
        import_version("bills", -1, 1, meta_data=meta),
        new_version("bills", 3, "a"),
    )

    assert latest() == {"orders": 1, "bills": None}
    assert Label.objects.count() == 0
    assert Version.objects.get(global_id=2).labels == '["blue"]'
    assert effects[-1].error == "artifact-not-found"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"content_id": 9}, "content id 9 is unknown"),
        ({"version": "1", "name": "orders"}, "version 1 is there already"),
        ({"state": None}, "the record names no state"),
        ({"meta_data": MetaData("n" * 513)}, "name or description is too long"),
    ],
)
def test_an_import_that_fails_keeps_the_id_that_it_drew(said: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"name": "bills", "content_id": 1} | said
    effects = apply_messages(*ORDERS, draw_global_id(), import_version(global_id=-1, **given))

    assert effects[-1].outcome is Outcome.APPLIED
    assert to_words(effects[-1].remarks) == f"no version: {why}"
    assert Sequence.objects.get().value == 2
    assert Version.objects.count() == 1
    assert "bills" in latest() or given["name"] == "orders"


def test_an_import_without_its_content_leaves_the_artifact_alone() -> None:
    apply_messages(import_version("orders", 1, 7))

    assert (Artifact.objects.count(), Version.objects.count()) == (1, 0)


def test_an_imported_label_that_is_too_long_ends_the_search_rows_and_the_latest() -> None:
    meta = MetaData("Bills", None, ("One", "L" * 257, "Three"), {"k": "v"})
    apply_messages(*ORDERS, import_version("bills", 2, 1, meta_data=meta))

    assert list(Label.objects.values_list("label", flat=True)) == ["one"]
    assert Property.objects.count() == 0
    assert latest()["bills"] is None


def test_a_reset_moves_up_to_the_highest_id_and_never_down() -> None:
    effects = apply_messages(
        new_content(8, "a"),
        import_version("orders", 30, 8),
        Message(ContentIdKey("_", "u"), ContentIdValue(Action.RESET)),
        draw_global_id(Action.RESET),
        draw_global_id(),
        draw_global_id(),
        draw_global_id(Action.RESET),
    )

    assert dict(Sequence.objects.values_list("name", "value")) == {"contentId": 8, "globalId": 32}
    assert effects[-1].outcome is Outcome.NO_EFFECT


def test_the_highest_comment_id_is_the_highest_text() -> None:
    reset = Message(CommentIdKey("_", "u"), CommentIdValue(Action.RESET))
    apply_messages(*ORDERS, comment(Action.CREATE, "9"), comment(Action.CREATE, "10"), reset)

    assert dict(Sequence.objects.values_list("name", "value")) == {"commentId": 9}


def test_a_comment_id_that_is_no_number_can_not_be_counted_on_from() -> None:
    reset = Message(CommentIdKey("_", "u"), CommentIdValue(Action.RESET))
    effects = apply_messages(*ORDERS, comment(Action.CREATE, "x"), reset)

    assert effects[-1].error == "impossible-record"
