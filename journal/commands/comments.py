"""Comments on a version: made, changed, deleted."""

import time
from collections.abc import Iterable
from uuid import uuid4

from journal.commands.single_record import build_message, publish_one
from journal.commands.writer import Writer
from journal.publish.id_allocation import allocate_ids
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
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    version: str,
    value: str,
) -> Comment:
    """Raises NotTheOwner, VersionNotFound, InvalidContent, UnsupportedByDialect, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    queries.version_meta_of_any_state(group_id, artifact_id, version)
    _check_length(value)
    dialect = writer.publisher.current_dialect()
    created_on = int(time.time() * 1000)
    creation = CommentValue(Action.CREATE, _NO_GLOBAL_ID, writer.name, created_on, value)
    # Built before an id is allocated: what the dialect does not support uses up none.
    build_message(dialect, _key(group_id, artifact_id, version, "0"), creation, _SUBJECT)
    comment_id = str(
        allocate_ids(writer.publisher, [SequenceName.COMMENT_ID], dialect)[SequenceName.COMMENT_ID]
    )
    publish_one(writer, _key(group_id, artifact_id, version, comment_id), creation, _SUBJECT)
    return Comment(comment_id, writer.name, created_on, value)


def update_comment(
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    version: str,
    comment_id: str,
    value: str,
) -> None:
    """Change the text of a comment without an author.

    Raises NotTheOwner, VersionNotFound, CommentNotFound, AuthoredComment, InvalidContent,
    NoOutcome.
    """
    writer.require_artifact(group_id, artifact_id)
    _check_changeable(group_id, artifact_id, version, comment_id)
    _check_length(value)
    update = CommentValue(Action.UPDATE, _NO_GLOBAL_ID, value=value)
    publish_one(writer, _key(group_id, artifact_id, version, comment_id), update, _SUBJECT)


def delete_comment(
    writer: Writer, group_id: str | None, artifact_id: str, version: str, comment_id: str
) -> None:
    """Raises NotTheOwner, VersionNotFound, CommentNotFound, AuthoredComment, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    _check_changeable(group_id, artifact_id, version, comment_id)
    deletion = CommentValue(Action.DELETE, _NO_GLOBAL_ID)
    publish_one(writer, _key(group_id, artifact_id, version, comment_id), deletion, _SUBJECT)


def delete_unsigned_comments(
    writer: Writer, group_id: str | None, artifact_id: str, versions: Iterable[str]
) -> list[str]:
    """Delete the comments without an author on these versions.

    Returns the versions with other comments: no node deletes those (docs/decisions.md).
    """
    messages, signed = [], []
    for version in versions:
        comments = queries.comments(group_id, artifact_id, version)
        if any(comment.created_by for comment in comments):
            signed.append(version)
        messages += [
            Message(
                _key(group_id, artifact_id, version, comment.comment_id),
                CommentValue(Action.DELETE, _NO_GLOBAL_ID),
            )
            for comment in comments
            if not comment.created_by
        ]
    if messages:
        writer.publisher.publish(messages)
    return signed


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
