"""Loads and saves the position in a topic, and the origin of the tables: topic and view."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from journal.database.writer import Writer
from journal.models import ContentView
from journal.projection.apply import PROJECTION_VERSION
from journal.wire.dialects import Generation


@dataclass(frozen=True, slots=True)
class Origin:
    """The topic and view of the tables; `topic_id` is empty if the broker has none."""

    topic: str
    view: ContentView = ContentView.FIRST_WINS
    topic_id: str = ""


@dataclass(frozen=True, slots=True)
class ConsumerPosition:
    """The next offset by partition, and the origin, None before the first record."""

    next_offsets: Mapping[int, int] = field(default_factory=dict)
    origin: Origin | None = None


class OutdatedProjection(Exception):
    """The tables were derived by another version of the projection."""

    code = "outdated-projection"


class WrongTopic(Exception):
    """The tables were derived from another topic."""

    code = "wrong-topic"


def load_position(writer: Writer, topic: str) -> ConsumerPosition:
    """Load the position; raises WrongTopic, OutdatedProjection."""
    rows = writer.read_all(
        "SELECT topic, partition, next_offset, projection_version, content_view, topic_id "
        "FROM journal_position"
    )
    others = {row[0] for row in rows} - {topic}
    if others:
        raise WrongTopic(
            f"these tables come from the topic {', '.join(sorted(others))}, not from {topic}: "
            "give this node a database of its own, or rebuild the tables (manage.py rebuild)"
        )
    version = next((row[3] for row in rows if row[3] != PROJECTION_VERSION), None)
    if version is not None:
        raise OutdatedProjection(
            f"these tables come from projection {version}, this release applies records as "
            f"projection {PROJECTION_VERSION}: rebuild the tables (manage.py rebuild)"
        )
    if not rows:
        return ConsumerPosition()
    view = ContentView(rows[0][4])
    topic_id = next((row[5] for row in rows if row[5]), "")
    return ConsumerPosition({row[1]: row[2] for row in rows}, Origin(topic, view, topic_id))


def save_positions(
    writer: Writer, origin: Origin, next_offsets: Mapping[int, int], newest: Generation
) -> None:
    """Save positions; `newest` is the newest generation among the applied records."""
    for partition, next_offset in next_offsets.items():
        writer.write(
            "INSERT INTO journal_position (topic, partition, next_offset, generation, "
            "projection_version, content_view, topic_id) VALUES (%s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (topic, partition) "
            "DO UPDATE SET next_offset = excluded.next_offset, topic_id = excluded.topic_id, "
            "generation = CASE WHEN journal_position.generation > excluded.generation "
            "THEN journal_position.generation ELSE excluded.generation END",
            origin.topic,
            partition,
            next_offset,
            int(newest),
            PROJECTION_VERSION,
            origin.view.value,
            origin.topic_id,
        )
