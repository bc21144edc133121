"""Deleting what has comments: no Apicurio node deletes a signed one, but with its version.

Whoever may delete an artifact can do so, whatever others wrote below it.
"""

from uuid import uuid4

import pytest

from journal.commands import (
    NewVersion,
    create_artifact,
    create_comment,
    delete_artifact,
    delete_artifacts,
    delete_group,
    delete_version,
    update_artifact,
    update_state,
)
from journal.models import LedgerRow, Outcome
from journal.wire.messages import Action, MessageType
from registry import queries
from registry.errors import VersionNotFound
from tests.own_node import writer

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("shared_node")]

DELETED: dict[int | None, str] = {
    MessageType.COMMENT: "comment",
    MessageType.ARTIFACT_VERSION: "version",
    MessageType.ARTIFACT: "artifact",
}


def made(*authors: str | None) -> tuple[str, str]:
    """A new artifact in a group of its own; a version for each, with a comment if one is named."""
    place = str(uuid4()), "orders"
    for number, author in enumerate(authors):
        new = NewVersion(
            group_id=place[0],
            artifact_id=place[1],
            type="AVRO",
            content=b'{"type": "fixed", "name": "F", "size": %d}' % number,
        )
        (update_artifact if number else create_artifact)(writer(), new)
        if author is not None:
            create_comment(writer(author), *place, str(number + 1), "good")
    return place


def deletions(group_id: str) -> list[str]:
    """What was deleted of a group, in the order of the records."""
    rows = LedgerRow.objects.filter(action=Action.DELETE, group_id=group_id).order_by("id")
    assert {row.outcome for row in rows} <= {Outcome.APPLIED}
    return [DELETED[row.type] for row in rows]


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (("",), ["comment", "artifact"]),
        # Stored once more, so that the version under the comment is not the only one.
        (("bob",), ["version", "artifact"]),
        (("bob", "carol"), ["version", "version", "artifact"]),
        (("bob", None), ["version", "artifact"]),
        ((None, "bob"), ["version", "artifact"]),
        (("", "bob"), ["comment", "version", "artifact"]),
    ],
)
def test_an_artifact_is_deleted_with_all_its_comments(
    authors: tuple[str | None, ...], expected: list[str]
) -> None:
    group_id, artifact_id = made(*authors)
    delete_artifact(writer("alice"), group_id, artifact_id)
    assert not queries.artifact_exists(group_id, artifact_id)
    assert deletions(group_id) == expected


def test_an_artifact_with_disabled_versions_is_deleted_with_all_its_comments() -> None:
    place = made("bob", "bob")
    for version in ("1", "2"):
        update_state(writer(), *place, version, "DISABLED")
    delete_artifact(writer("alice"), *place)
    assert not queries.artifact_exists(*place)


def test_a_version_is_deleted_with_its_comments() -> None:
    group_id, artifact_id = made("bob", "bob")
    delete_version(writer("alice"), group_id, artifact_id, "1", must_be_enabled=False)
    assert queries.version_names(group_id, artifact_id) == ("2",)
    assert len(queries.comments(group_id, artifact_id, "2")) == 1
    delete_version(writer("alice"), group_id, artifact_id, "2", must_be_enabled=False)
    assert not queries.artifact_exists(group_id, artifact_id)
    with pytest.raises(VersionNotFound):
        queries.comments(group_id, artifact_id, "2")


def test_a_group_is_deleted_with_all_comments_in_it() -> None:
    group_id, _ = made("bob")
    update = NewVersion(group_id=group_id, artifact_id="b", type="AVRO", content=b'"long"')
    create_artifact(writer(), update)
    create_comment(writer(), group_id, "b", "1", "good")
    delete_artifacts(writer("alice"), group_id)
    assert not queries.artifact_exists(group_id, "orders")
    assert not queries.artifact_exists(group_id, "b")
    assert queries.group_exists(group_id)
    create_artifact(writer(), update)
    create_comment(writer("bob"), group_id, "b", "1", "good")
    delete_group(writer("alice"), group_id)
    assert not queries.artifact_exists(group_id, "b")
    assert not queries.group_exists(group_id)
