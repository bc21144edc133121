"""Message types and actions, numbered as on the wire."""

from enum import IntEnum


class MessageType(IntEnum):
    """The first byte of every key and value."""

    BOOTSTRAP = 0
    GLOBAL_RULE = 1
    CONTENT = 2
    ARTIFACT = 3
    ARTIFACT_RULE = 4
    ARTIFACT_VERSION = 5
    GROUP = 6
    LOG_CONFIG = 7
    GLOBAL_ID = 8
    CONTENT_ID = 9
    ROLE_MAPPING = 10
    GLOBAL_ACTION = 11
    DOWNLOAD = 12
    CONFIG_PROPERTY = 13
    ARTIFACT_OWNER = 14
    COMMENT_ID = 15
    COMMENT = 16
    CONTENT_V2 = 17
    UPGRADER = 18

    @property
    def label(self) -> str:
        """Return Apicurio's own name of the type, such as `GlobalRule` or `ContentV2`."""
        return self.name.title().replace("_", "")


class Action(IntEnum):
    """A value's effect on its entity, numbered as on the wire."""

    CREATE = 1
    UPDATE = 2
    DELETE = 3
    CLEAR = 4
    IMPORT = 5
    RESET = 6
    DELETE_ALL_USER_DATA = 7
    CREATE_OR_UPDATE = 8
    UPGRADE_BOOTSTRAP = 9
    UPGRADE_TRY_LOCK = 10
    UPGRADE_ABORT_AND_UNLOCK = 11
    UPGRADE_COMMIT_AND_UNLOCK = 12
    UPGRADE_LOCK_HEARTBEAT = 13
    UPGRADE_WAIT_HEARTBEAT = 14


#: Records that usually add rows or allocate an id, and leave what could be read before as it was.
_ADDITIONS = frozenset({
    (MessageType.CONTENT_ID, Action.CREATE),
    (MessageType.GLOBAL_ID, Action.CREATE),
    (MessageType.CONTENT, Action.CREATE),
    (MessageType.CONTENT_V2, Action.CREATE_OR_UPDATE),
    (MessageType.GROUP, Action.CREATE),
    (MessageType.ARTIFACT, Action.CREATE),
    (MessageType.ARTIFACT, Action.UPDATE),
})


def is_mutation(kind: int | None, action: int | None, has_remark: bool) -> bool:
    """Check if a record may have changed the reading of an older version or content.

    An addition with a remark may: its content may have taken another one's place.
    """
    return has_remark or (kind, action) not in _ADDITIONS
