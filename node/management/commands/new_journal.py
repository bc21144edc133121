"""The old name of `rebuild_topic`."""

from typing import Any

from node.cli.old_names import note_new_name
from node.management.commands import rebuild_topic


class Command(rebuild_topic.Command):
    help = "The old name of rebuild_topic."

    def handle(self, **options: Any) -> None:
        note_new_name(self, "new_journal", "rebuild_topic")
        super().handle(**options)
