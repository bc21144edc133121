"""Comments on a version: made, changed, deleted."""

import time
from collections.abc import Iterable
from uuid import uuid4

from journal.commands.single_record import build_message, publish_one
from journal.publish.id_allocation import allocate_ids
from journal.publish.publisher import Publisher
from journal.wire.messages import Action, CommentKey, CommentValue, Message
from registry import queries
from registry.errors import AuthoredComment, CommentNotFound, InvalidContent
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import Comment

#: The length of Apicurio's column, whose nodes refuse a longer one when they apply it.
_MAX_LENGTH = 1024
#: What records carry in place of a version's global id: the key names the version.
_NO_GLOBAL_ID = -1
_SUBJECT = "comments"


def create_comment(
    publisher: Publisher,
    group_id: str | None,
    artifact_id: str,
    version: str,
    value: str,
    by: str = "",
) -> Comment:
    """Raises VersionNotFound, InvalidContent, UnsupportedByDialect, NoOutcome."""
    queries.version_meta_of_any_state(group_id, artifact_id, version)
    _check_length(value)
    dialect = publisher.current_dialect()
    created_on = int(time.time() * 1000)
    creation = CommentValue(Action.CREATE, _NO_GLOBAL_ID, by, created_on, value)
    # Built before an id is allocated: what the dialect does not support uses up none.
    build_message(dialect, _key(group_id, artifact_id, version, "0"), creation, _SUBJECT)
    comment_id = str(
        allocate_ids(publisher, [SequenceName.COMMENT_ID], dialect)[SequenceName.COMMENT_ID]
    )
    publish_one(publisher, _key(group_id, artifact_id, version, comment_id), creation, _SUBJECT)
    return Comment(comment_id, by, created_on, value)


def update_comment(
    publisher: Publisher,
    group_id: str | None,
    artifact_id: str,
    version: str,
    comment_id: str,
    value: str,
) -> None:
    """Raises VersionNotFound, CommentNotFound, AuthoredComment, InvalidContent, NoOutcome."""
    _check_changeable(group_id, artifact_id, version, comment_id)
    _check_length(value)
    update = CommentValue(Action.UPDATE, _NO_GLOBAL_ID, value=value)
    publish_one(publisher, _key(group_id, artifact_id, version, comment_id), update, _SUBJECT)


def delete_comment(
    publisher: Publisher, group_id: str | None, artifact_id: str, version: str, comment_id: str
) -> None:
    """Raises VersionNotFound, CommentNotFound, AuthoredComment, NoOutcome."""
    _check_changeable(group_id, artifact_id, version, comment_id)
    deletion = CommentValue(Action.DELETE, _NO_GLOBAL_ID)
    publish_one(publisher, _key(group_id, artifact_id, version, comment_id), deletion, _SUBJECT)


def delete_comments(
    publisher: Publisher, group_id: str | None, artifact_id: str, versions: Iterable[str]
) -> None:
    """Delete the comments without an author on all these versions.

    No node deletes comments with an author, nor the versions under them (docs/decisions.md).
    """
    messages = [
        Message(
            _key(group_id, artifact_id, version, comment.comment_id),
            CommentValue(Action.DELETE, _NO_GLOBAL_ID),
        )
        for version in versions
        for comment in queries.comments(group_id, artifact_id, version)
    ]
    if messages:
        publisher.publish(messages)


def _check_changeable(
    group_id: str | None, artifact_id: str, version: str, comment_id: str
) -> None:
    for comment in queries.comments(group_id, artifact_id, version):
        if comment.comment_id == comment_id:
            if comment.created_by:
                raise AuthoredComment(comment_id, comment.created_by)
            return
    raise CommentNotFound(comment_id)


def _check_length(value: str) -> None:
    if not value or len(value) > _MAX_LENGTH:
        raise InvalidContent(f"A comment has 1 to {_MAX_LENGTH} characters; this one {len(value)}.")


def _key(group_id: str | None, artifact_id: str, version: str, comment_id: str) -> CommentKey:
    return CommentKey(DEFAULT_TENANT, group_id, artifact_id, version, comment_id, str(uuid4()))
