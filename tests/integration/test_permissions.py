"""A broker that lets nodes do only some of what they do: found, told, and no reason to stop."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)

from journal.kafka.embedded import EmbeddedBroker, broker
from journal.kafka.topics import TopicAdmin
from tests.integration.test_health import codes, finding
from tests.nodes import node_running
from tests.own_node import Client
from tests.waiting import DEADLINE, until

pytestmark = pytest.mark.kafka

_AUTHORIZER = """\
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker that knows permissions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker, "_PROPERTIES", broker._PROPERTIES + _AUTHORIZER)
        started = EmbeddedBroker(tmp_path_factory.mktemp("guarded"))
        yield started.start()
        started.stop()


def topic_without(bootstrap_servers: str, *operations: AclOperation) -> TopicAdmin:
    """A new topic with which everybody may do anything but this."""
    topic = TopicAdmin({"bootstrap.servers": bootstrap_servers}, f"journal-{uuid4().hex}")
    topic.create()
    allow(bootstrap_servers, topic, AclOperation.ALL)
    for operation in operations:
        allow(bootstrap_servers, topic, operation, AclPermissionType.DENY)
    return topic


def allow(
    bootstrap_servers: str,
    topic: TopicAdmin,
    operation: AclOperation,
    kind: AclPermissionType = AclPermissionType.ALLOW,
) -> None:
    """Everybody; or nobody, if it is denied."""
    pattern = ResourceType.TOPIC, topic.name, ResourcePatternType.LITERAL
    binding = AclBinding(*pattern, "User:*", "*", operation, kind)
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    admin.create_acls([binding])[binding].result(DEADLINE)
    in_force = AclBindingFilter(*pattern, "User:*", "*", operation, kind)
    until(lambda: admin.describe_acls(in_force).result(DEADLINE))  # it is told done before


def health_page() -> str:
    return Client().get("/ui/health").content.decode()


def test_settings_that_may_not_be_asked_for_are_a_finding(
    guarded: str, sqlite_database: str
) -> None:
    topic = topic_without(guarded, AclOperation.DESCRIBE_CONFIGS)
    facts = topic.describe()
    assert "asking for the settings" in facts.refused
    assert len(facts.partitions) == 1
    with node_running(guarded, topic.name):
        until(lambda: "J21" in codes())
        found = finding("J21")
        until(lambda: "They can't be read from the broker: asking for" in health_page())
    assert found.severity == "warning"
    assert "--operation DescribeConfigs" in found.remedy


def test_a_change_that_is_not_allowed_is_told_in_words(guarded: str, sqlite_database: str) -> None:
    topic = topic_without(guarded, AclOperation.ALTER_CONFIGS)
    assert topic.describe().denied == ("ALTER_CONFIGS",)
    with node_running(guarded, topic.name):
        until(lambda: "J21" in codes())
        assert finding("J21").severity == "info"


def test_what_may_not_be_written_is_an_error(guarded: str, sqlite_database: str) -> None:
    topic = topic_without(guarded, AclOperation.WRITE)
    with node_running(guarded, topic.name):
        until(lambda: "J21" in codes())
        assert finding("J21").severity == "error"
        assert "may not Write" in finding("J21").evidence[0]


def test_the_page_says_that_the_broker_refused(guarded: str, sqlite_database: str) -> None:
    topic = topic_without(guarded)
    topic.set_config({"cleanup.policy": "compact"})
    allow(guarded, topic, AclOperation.ALTER_CONFIGS, AclPermissionType.DENY)
    with node_running(guarded, topic.name):
        form = {"topic": topic.name, "shown": "cleanup.policy=delete"}
        answer = Client().post("/ui/health/mend/settings", form)
    assert answer.status_code == 503
    assert "The broker did not do it: changing the settings" in answer.content.decode()
    assert topic.config()["cleanup.policy"] == "compact"


def changed(broker: str, name: str, value: str | None) -> None:
    """A setting of the one broker; None takes it away."""
    kind = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
    entry = ConfigEntry(name, value or "", incremental_operation=kind)
    admin = AdminClient({"bootstrap.servers": broker})
    (number,) = admin.list_topics(timeout=DEADLINE).brokers
    of_broker = ConfigResource.Type.BROKER
    resource = ConfigResource(of_broker, str(number), incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(DEADLINE)


def test_a_value_of_the_broker_is_told_as_theirs(guarded: str) -> None:
    name = "log.cleaner.delete.retention.ms"
    of_broker = TopicAdmin({"bootstrap.servers": guarded}, f"journal-{uuid4().hex}")
    of_broker.create()
    changed(guarded, name, "86400001")
    try:
        until(lambda: of_broker.describe().value("delete.retention.ms") == "86400001")
        assert of_broker.describe().setting_text("delete.retention.ms") == (
            f"delete.retention.ms=86400001 (by the brokers' dynamic {name})"
        )
    finally:
        changed(guarded, name, None)
