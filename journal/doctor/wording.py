"""Words that findings share: times, ids, commands."""

from collections.abc import Iterable
from datetime import UTC, datetime

from journal.doctor.findings import Place
from journal.tally import Mark
from journal.topic_facts import TopicFacts
from registry.models import DEFAULT_TENANT

#: How many of a kind a sentence names one by one.
NAMED_AT_MOST = 20


def of_tenant(tenant: str) -> str:
    return "" if tenant == DEFAULT_TENANT else f"tenant {tenant}'s "


def count_of(count: int, what: str) -> str:
    """Such as `1 record` or `5 records`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def time_of(timestamp: int) -> str:
    try:
        return datetime.fromtimestamp(timestamp / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{timestamp} ms"


def place_of(mark: Mark | Place) -> str:
    return f"partition {mark.partition}, offset {mark.offset}"


def offsets_of(marks: Iterable[Mark], count: int) -> str:
    """Such as `offsets 3, 5 and 12 more`; the partition is named where it is not 0."""
    told = [
        f"{m.offset} of partition {m.partition}" if m.partition else str(m.offset) for m in marks
    ]
    more = count - len(told)
    named = ", ".join(told) + (f" and {more} more" if more > 0 else "")
    return f"offset {named}" if count == 1 else f"offsets {named}"


def config_command(topic: str, settings: str) -> str:
    """The line that changes settings of a topic, with `a=b,c=d`."""
    return (
        "  bin/kafka-configs.sh --bootstrap-server HOST:PORT --alter --entity-type topics "
        f"--entity-name {topic} --add-config {settings}"
    )


def keep_everything(topic: str) -> str:
    settings = "cleanup.policy=delete,retention.ms=-1,retention.bytes=-1"
    return "Make the topic keep every record:\n" + config_command(topic, settings)


def strimzi_topic(topic: str, facts: TopicFacts) -> str:
    """The KafkaTopic that keeps every record, with partitions and replicas as they are."""
    count = len(facts.partitions)
    replicas = max((each.replicas for each in facts.partitions), default=0)
    spec = f"  partitions: {count}\n  replicas: {replicas}\n" if count and replicas else ""
    return (
        "apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaTopic\nmetadata:\n"
        f"  name: {topic}\n  labels:\n    strimzi.io/cluster: NAME\nspec:\n{spec}  config:\n"
        "    cleanup.policy: delete\n    retention.ms: -1\n    retention.bytes: -1\n"
    )


RESET_REMEDY = (
    "Reset the sequences: one RESET record for each, after a dump of the topic was saved, "
    "on the page /ui/health/mend/reset or in the shell.\n"
    "  python manage.py mend reset\n"
    "Where only a Java node is at hand, import an export of an empty registry into it, which says "
    "the same records.\n"
    "  curl http://EMPTY/apis/registry/v2/admin/export --output empty.zip\n"
    "  curl -X POST -H 'Content-Type: application/zip' --data-binary @empty.zip "
    "http://NODE/apis/registry/v2/admin/import"
)
