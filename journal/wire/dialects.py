"""Dialects for writing records, and the generation of releases behind a record."""

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
    """The format of records, by the oldest release able to read it: JOURNAL_FORMAT_VERSION."""

    V2_6 = "2.6"
    V2_4 = "2.4"
    V2_1_4 = "2.1.4"
    V2_1_0 = "2.1.0"


class DialectError(Exception):
    """The dialect can't express `subject`; the message is for people."""

    def __init__(self, dialect: Dialect, subject: str) -> None:
        super().__init__(
            f"The journal's dialect {dialect.value} cannot say {subject}."
            " JOURNAL_FORMAT_VERSION sets the dialect; every node of the cluster must read it."
        )
        self.dialect = dialect
        self.subject = subject


class Generation(IntEnum):
    """Groups of releases with the same output, oldest first; UNKNOWN for records common to all.

    BOOTSTRAPPED: a node before 2.5.9 started here, and has written nothing else yet. A nonce in
    an id's key is no sign of a generation, since this node writes one in every dialect.
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
_GENERATIONS = {
    ActionStyle.TITLE: Generation.V2_0,
    ActionStyle.UPPER: Generation.V2_1_0,
    ActionStyle.NUMBER: Generation.V2_1_4,
}


def get_form(dialect: Dialect) -> Form:
    """Return the format of values in the dialect."""
    return _FORMS[dialect]


def supports(dialect: Dialect, kind: MessageType) -> bool:
    """Check if every reader of the dialect supports the message type; others would crash.

    Content is written as type 17 in 2.6 and as type 2 in all others.
    """
    if dialect is Dialect.V2_6 and kind is MessageType.CONTENT:
        return False
    return kind <= _NEWEST_TYPE[dialect]


def creates_groups(dialect: Dialect) -> bool:
    """Check if a new group is created with its first artifact (since 2.3.0)."""
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
    """Build the record of new content; raises DialectError without room for references."""
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
    """Return the oldest generation able to write the record."""
    return max(_generation_of_key(message), _generation_of_value(message))


def dialect_for(newest: Generation) -> Dialect | None:
    """Return the dialect to write on a topic with this generation of newest records.

    None for 2.0: its nodes can't read any form of this node correctly, so writes must be rejected.
    """
    return _DIALECTS.get(newest)


def _generation_of_key(message: Message) -> Generation:
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


def _generation_of_value(message: Message) -> Generation:
    value = message.value
    if value is None or value.action is None:
        return Generation.UNKNOWN
    if value.action >= Action.CREATE_OR_UPDATE:
        return Generation.V2_6
    if not isinstance(value, ContentValue):
        return _GENERATIONS[message.form.action]
    if message.form.references:
        return Generation.V2_4
    # The binary action is the same in all releases, but only 2.1.2 gave the key a tenant.
    has_tenant = isinstance(message.key, ContentKey) and message.key.tenant_id is not None
    return Generation.V2_1_0 if has_tenant else Generation.V2_0
