"""The old name of `demo`."""

from typing import Any

from node.cli.old_names import note_new_name
from node.management.commands import demo


class Command(demo.Command):
    help = "The old name of demo."

    def handle(self, **options: Any) -> None:
        note_new_name(self, "reenact", "demo")
        super().handle(**options)
