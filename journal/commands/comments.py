"""Comments on a version: made, changed, deleted."""

import time
from collections.abc import Iterable
from uuid import uuid4

from journal.commands.single_record import build_message, publish_one
from journal.publish.dialect import current_dialect
from journal.publish.id_allocation import allocate_ids
from journal.publish.publisher import publish
from journal.wire.messages import Action, CommentKey, CommentValue, Message
from registry import queries
from registry.errors import AuthoredComment, CommentNotFound, InvalidContent
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import Comment

#: As long as Apicurio's column; a longer one is refused there when it is applied.
_LONGEST = 1024
#: What records carry in place of a version's global id: the key names the version.
_NO_GLOBAL_ID = -1
_WHAT = "comments"


def create_comment(
    group_id: str | None, artifact_id: str, version: str, value: str, by: str = ""
) -> Comment:
    """Raises VersionNotFound, InvalidContent, UnsupportedByDialect, NoOutcome."""
    queries.version_meta_of_any_state(group_id, artifact_id, version)
    _check(value)
    dialect = current_dialect()
    made = CommentValue(Action.CREATE, _NO_GLOBAL_ID, by, int(time.time() * 1000), value)
    place = (group_id, artifact_id, version)
    # Before an id is drawn for it: what the dialect can't say burns none.
    build_message(dialect, _key(place, "0"), made, _WHAT)
    drawn = allocate_ids([SequenceName.COMMENT_ID], dialect)[SequenceName.COMMENT_ID]
    publish_one(_key(place, str(drawn)), made, _WHAT)
    return Comment(str(drawn), by, made.created_on or 0, value)


def update_comment(
    group_id: str | None, artifact_id: str, version: str, comment_id: str, value: str
) -> None:
    """Raises VersionNotFound, CommentNotFound, AuthoredComment, InvalidContent, NoOutcome."""
    _changeable(group_id, artifact_id, version, comment_id)
    _check(value)
    changed = CommentValue(Action.UPDATE, _NO_GLOBAL_ID, value=value)
    publish_one(_key((group_id, artifact_id, version), comment_id), changed, _WHAT)


def delete_comment(group_id: str | None, artifact_id: str, version: str, comment_id: str) -> None:
    """Raises VersionNotFound, CommentNotFound, AuthoredComment, NoOutcome."""
    _changeable(group_id, artifact_id, version, comment_id)
    deleted = CommentValue(Action.DELETE, _NO_GLOBAL_ID)
    publish_one(_key((group_id, artifact_id, version), comment_id), deleted, _WHAT)


def delete_comments(group_id: str | None, artifact_id: str, versions: Iterable[str]) -> None:
    """Those by nobody; others no node deletes, and what they stand on stays (docs/decisions.md)."""
    messages = [
        Message(
            _key((group_id, artifact_id, version), comment.comment_id),
            CommentValue(Action.DELETE, _NO_GLOBAL_ID),
        )
        for version in versions
        for comment in queries.comments(group_id, artifact_id, version)
    ]
    if messages:
        publish(messages)


def _changeable(group_id: str | None, artifact_id: str, version: str, comment_id: str) -> None:
    for each in queries.comments(group_id, artifact_id, version):
        if each.comment_id == comment_id:
            if each.created_by:
                raise AuthoredComment(comment_id, each.created_by)
            return
    raise CommentNotFound(comment_id)


def _check(value: str) -> None:
    if not value or len(value) > _LONGEST:
        raise InvalidContent(f"A comment has 1 to {_LONGEST} characters; this one {len(value)}.")


def _key(place: tuple[str | None, str, str], comment_id: str) -> CommentKey:
    return CommentKey(DEFAULT_TENANT, *place, comment_id, str(uuid4()))
