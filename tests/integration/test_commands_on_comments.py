"""Deleting what has comments: they go first, for no Apicurio node deletes a commented version."""

from uuid import uuid4

import pytest

from journal.commands import NewVersion, create_artifact, delete_artifact
from journal.models import LedgerRow
from journal.wire.messages import Action, CommentKey, CommentValue, Message, MessageType
from registry import queries
from registry.errors import HasComments
from tests.own_node import publisher


def commented_by(author: str) -> None:
    create_artifact(
        publisher(),
        NewVersion(
            group_id="shop", artifact_id="orders", content=b'{"type":"string"}', type="AVRO"
        ),
    )
    key = CommentKey("_", "shop", "orders", "1", "7", str(uuid4()))
    value = CommentValue(Action.CREATE, -1, author, 1, "good")
    assert not publisher().publish([Message(key, value)])[0].error


def test_the_comments_of_a_deleted_artifact_are_deleted_before_it(node: None) -> None:
    commented_by("")

    delete_artifact(publisher(), "shop", "orders")

    assert not queries.artifact_exists("shop", "orders")
    rows = LedgerRow.objects.filter(action=Action.DELETE).order_by("id")
    assert list(rows.values_list("type", flat=True)) == [MessageType.COMMENT, MessageType.ARTIFACT]


def test_an_artifact_with_a_comment_that_no_node_deletes_stays(node: None) -> None:
    commented_by("alice")

    with pytest.raises(HasComments, match="delete the comments first"):
        delete_artifact(publisher(), "shop", "orders")

    assert len(queries.comments("shop", "orders", "1")) == 1
