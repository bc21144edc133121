"""Prints the state digest and its positions."""

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
        digest = state_digest()
        if json:
            document = {
                "digest": digest.value,
                "contentView": digest.content_view,
                "offsets": {str(partition): offset for partition, offset in digest.offsets.items()},
            }
            self.stdout.write(orjson.dumps(document).decode())
            return
        offsets = ", ".join(
            f"partition {partition} at {offset}" for partition, offset in digest.offsets.items()
        )
        where = offsets or "no record applied"
        self.stdout.write(f"{digest.value}  {digest.content_view}, {where}")
