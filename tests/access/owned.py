"""A node where owners have a say: Alice's artifacts and group, and people who try to change them.

Nothing is published, so that all of it can be tried on the same tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.test import RequestFactory

from access.caller import Caller
from access.middleware import CALLER
from access.policy import Switches
from access.principals import Principal
from access.writers import get_writer
from journal.commands import Writer
from journal.journal import Journal
from journal.kafka.topics import KafkaTopic
from journal.outcomes.errors import NoOutcome
from journal.publish.publisher import Publisher
from journal.wire.dialects import Dialect
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentV2Key,
    ContentV2Value,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
)
from registry.models import RuleType
from registry.queries import DELETION_ENABLED
from registry.references import content_hash
from registry.roles import RoleType
from tests.databases import copied, pointed_at
from tests.own_node import Client, in_use
from tests.publishing import apply_messages, version_record

_SWITCHES = Switches(
    authentication=True,
    role_based_authorization=True,
    owner_only_authorization=True,
    limit_group_access=True,
)
PEOPLE = {
    "other": Caller(Principal("bob", frozenset({RoleType.DEVELOPER})), _SWITCHES),
    "owner": Caller(Principal("alice", frozenset({RoleType.DEVELOPER})), _SWITCHES),
    "admin": Caller(Principal("anna", frozenset({RoleType.ADMIN})), _SWITCHES),
}
#: The content of all versions, and one that is compatible with it.
STORED, OTHER = b'{"type": "string"}', b'{"type": "bytes"}'


class CountingPublisher(Publisher):
    """Counts the attempts to publish; none succeeds."""

    attempts = 0

    def current_dialect(self) -> Dialect:
        return Dialect.V2_6

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        self.attempts += 1
        raise NoOutcome("", "nothing is published here")

    def publish_without_waiting(self, *args: Any, **kwargs: Any) -> None:
        self.publish()


@contextmanager
def node_of_alice(sqlite_template: Path, folder: Path) -> Iterator[CountingPublisher]:
    """Her group `g` with the artifacts `orders` and `off`, and `orders-value` in the default group.

    All versions of `off` are disabled.
    """
    topic = KafkaTopic(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)
    journal = Journal(topic)
    journal.publisher = publisher = CountingPublisher(topic, journal.outcomes, journal.health)
    with pointed_at(copied(sqlite_template, folder / "annals.sqlite3")), in_use(journal):
        effects = apply_messages(*_records())
        assert not any(effect.error for effect in effects)
        yield publisher


def _records() -> Iterator[Message]:
    is_enabled = ConfigPropertyValue(Action.UPDATE, "true")
    yield Message(ConfigPropertyKey("_", DELETION_ENABLED), is_enabled)
    group = GroupValue(Action.CREATE, created_by="alice", created_on=1)
    yield Message(GroupKey("_", "g"), group)
    content = ContentV2Value(Action.CREATE_OR_UPDATE, content_hash(STORED, None), "canon", STORED)
    yield Message(ContentV2Key("_", 1), content)
    yield from _artifact("g", "orders", 10)
    yield from _artifact(None, "orders-value", 20)
    yield from _artifact("g", "off", 30)
    for version in ("1", "2"):
        disabled = {"state": "DISABLED", "meta_data": MetaData()}
        yield version_record("off", version, Action.UPDATE, **disabled)


def _artifact(group_id: str | None, artifact_id: str, global_id: int) -> Iterator[Message]:
    """Two versions, the first with a comment that nobody signed; a rule."""
    for number, action in enumerate((Action.CREATE, Action.UPDATE)):
        yield Message(
            ArtifactKey("_", group_id, artifact_id, str(global_id + number)),
            ArtifactValue(
                action,
                global_id=global_id + number,
                artifact_type="AVRO",
                content_hash=content_hash(STORED, None),
                created_by="alice",
                created_on=number,
                meta_data=MetaData(labels=("seen",)),
            ),
        )
    comment = CommentValue(Action.CREATE, -1, "", 9, "good")
    yield Message(CommentKey("_", group_id, artifact_id, "1", f"{artifact_id}1", "u"), comment)
    rule = ArtifactRuleValue(Action.CREATE, "BACKWARD")
    yield Message(ArtifactRuleKey("_", group_id, artifact_id, RuleType.COMPATIBILITY), rule)


class Person(Client):
    """A client whose requests are somebody's."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.caller = PEOPLE[name]

    def _base_environ(self, **request: Any) -> dict[str, Any]:
        environ = super()._base_environ(**request)
        return {**environ, "asgi.scope": {**environ["asgi.scope"], CALLER: self.caller}}


@cache
def client_of(name: str) -> Person:
    """The same for all tests, since each loads the static files."""
    return Person(name)


def writer_of(name: str) -> Writer:
    request: HttpRequest = RequestFactory().get("/", **client_of(name)._base_environ())
    return get_writer(request)
