"""Which spelling of the journal a cluster's oldest reader understands, and who wrote a record."""

from enum import IntEnum, StrEnum

from journal.wire.messages import (
    Action,
    ActionStyle,
    ArtifactRuleKey,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    Form,
    GlobalRuleKey,
    Message,
    MessageType,
)


class Dialect(StrEnum):
    """What may be written, named by the oldest release that reads it; JOURNAL_DIALECT's values."""

    V2_6 = "2.6"
    V2_4 = "2.4"
    V2_1_4 = "2.1.4"
    V2_1_0 = "2.1.0"


class DialectError(Exception):
    """What was to be written has no spelling in the dialect; the message is for people."""

    def __init__(self, dialect: Dialect, what: str) -> None:
        super().__init__(
            f"The journal's dialect {dialect.value} cannot say {what}."
            " JOURNAL_DIALECT sets the dialect; every node of the cluster must read it."
        )
        self.dialect = dialect
        self.what = what


class Generation(IntEnum):
    """The releases that wrote alike, oldest first; UNKNOWN for records that do not tell.

    BOOTSTRAPPED: some node before 2.5.9 started here, and has said nothing else yet. A nonce in
    an id's key tells nothing, since this node writes one in every dialect.
    """

    UNKNOWN = 0
    BOOTSTRAPPED = 1
    V2_0 = 2
    V2_1_0 = 3
    V2_1_4 = 4
    V2_4 = 5
    V2_6 = 6


_FORMS = {
    Dialect.V2_6: Form(),
    Dialect.V2_4: Form(),
    Dialect.V2_1_4: Form(references=False),
    Dialect.V2_1_0: Form(ActionStyle.UPPER, references=False),
}
_NEWEST_TYPE = {
    Dialect.V2_6: MessageType.UPGRADER,
    Dialect.V2_4: MessageType.COMMENT,
    Dialect.V2_1_4: MessageType.DOWNLOAD,
    Dialect.V2_1_0: MessageType.DOWNLOAD,
}
_DIALECTS = {
    Generation.UNKNOWN: Dialect.V2_6,
    Generation.BOOTSTRAPPED: Dialect.V2_1_0,
    Generation.V2_1_0: Dialect.V2_1_0,
    Generation.V2_1_4: Dialect.V2_1_4,
    Generation.V2_4: Dialect.V2_4,
    Generation.V2_6: Dialect.V2_6,
}
_SPELLED_BY = {
    ActionStyle.TITLE: Generation.V2_0,
    ActionStyle.UPPER: Generation.V2_1_0,
    ActionStyle.NUMBER: Generation.V2_1_4,
}


def get_form(dialect: Dialect) -> Form:
    """How the dialect spells values."""
    return _FORMS[dialect]


def supports(dialect: Dialect, kind: MessageType) -> bool:
    """Whether every reader of the dialect knows the message type; an unknown one kills a reader.

    Content goes out as type 17 in 2.6 and as type 2 in all others.
    """
    if dialect is Dialect.V2_6 and kind is MessageType.CONTENT:
        return False
    return kind <= _NEWEST_TYPE[dialect]


def creates_groups(dialect: Dialect) -> bool:
    """Whether a group unknown so far is created with its first artifact (since 2.3.0)."""
    return dialect in {Dialect.V2_6, Dialect.V2_4}


def build_content_message(
    dialect: Dialect,
    *,
    tenant_id: str,
    content_id: int,
    content_hash: str,
    canonical_hash: str,
    content: bytes,
    serialized_references: str | None,
) -> Message:
    """The record of new content; raises DialectError for references it has no room for."""
    if dialect is Dialect.V2_6:
        return Message(
            ContentV2Key(tenant_id, content_id),
            ContentV2Value(
                Action.CREATE_OR_UPDATE,
                content_hash,
                canonical_hash,
                content,
                serialized_references,
            ),
            get_form(dialect),
        )
    if serialized_references and not get_form(dialect).references:
        raise DialectError(dialect, "references from one artifact to another")
    return Message(
        ContentKey(tenant_id, content_hash, content_id),
        ContentValue(Action.CREATE, canonical_hash, content, serialized_references),
        get_form(dialect),
    )


def infer_generation(message: Message) -> Generation:
    """The least generation that could have written the record."""
    return max(_told_by_key(message), _told_by_value(message))


def dialect_for(newest: Generation) -> Dialect | None:
    """What to write on a topic whose newest records are of that generation.

    None for 2.0: no form of ours is read rightly by its nodes, so writes must be refused.
    """
    return _DIALECTS.get(newest)


def _told_by_key(message: Message) -> Generation:
    kind, key = message.type, message.key
    if kind is MessageType.BOOTSTRAP:
        return Generation.BOOTSTRAPPED
    if kind >= MessageType.CONTENT_V2:
        return Generation.V2_6
    if kind >= MessageType.CONFIG_PROPERTY:
        return Generation.V2_4
    if isinstance(key, GlobalRuleKey | ArtifactRuleKey) and key.rule_type == "INTEGRITY":
        return Generation.V2_4
    return Generation.V2_1_0 if kind >= MessageType.ROLE_MAPPING else Generation.UNKNOWN


def _told_by_value(message: Message) -> Generation:
    value = message.value
    if value is None or value.action is None:
        return Generation.UNKNOWN
    if value.action >= Action.CREATE_OR_UPDATE:
        return Generation.V2_6
    if isinstance(value, ContentValue):
        return _told_by_content(message)
    return _SPELLED_BY[message.form.action]


def _told_by_content(message: Message) -> Generation:
    if message.form.references:
        return Generation.V2_4
    # Its binary action tells nothing, but only 2.1.2 gave the key a tenant.
    tenant = isinstance(message.key, ContentKey) and message.key.tenant_id is not None
    return Generation.V2_1_0 if tenant else Generation.V2_0
