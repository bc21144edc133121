"""The old name of `simulate`."""

from typing import Any

from node.cli.old_names import note_new_name
from node.management.commands import simulate


class Command(simulate.Command):
    help = "The old name of simulate."

    def handle(self, **options: Any) -> None:
        note_new_name(self, "foresee", "simulate")
        super().handle(**options)
