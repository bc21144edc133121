"""Prints the state digest and the positions it is of."""

from argparse import ArgumentParser
from typing import Any

import orjson
from django.core.management import BaseCommand

from journal.health.state_digest import state_digest


class Command(BaseCommand):
    help = "Hash all registry tables: equal on nodes that applied the same records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, json: bool, **options: Any) -> None:
        found = state_digest()
        if json:
            document = {
                "digest": found.value,
                "contentView": found.content_view,
                "offsets": {str(partition): at for partition, at in found.offsets.items()},
            }
            self.stdout.write(orjson.dumps(document).decode())
            return
        at = ", ".join(f"partition {each} at {offset}" for each, offset in found.offsets.items())
        self.stdout.write(f"{found.value}  {found.content_view}, {at or 'no record applied'}")
