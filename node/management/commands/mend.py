"""Mends the journal: shows the exact records, saves the topic, says them, and looks again.

The topic's settings likewise, without records: see node.cli.topic_config.
"""

import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from journal.outcomes.errors import NoOutcome
from journal.publish.dialect import current_dialect
from journal.publish.publisher import close
from journal.repair.content_sources import (
    RecoveredContent,
    recover_from_dump,
    recover_from_file,
    recover_from_node,
)
from journal.repair.execution import RepairResult, execute
from journal.repair.missing_contents import (
    candidate_ids,
    get_missing_content,
    missing_contents,
    plan_content_restore,
)
from journal.repair.plan import RepairPlan
from journal.repair.sequences import plan_advance, plan_reset, tenants_to_reset
from node.cli.topic_config import repair_topic_config
from node.cli.topics import ensure_broker
from registry.errors import RegistryError
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import sequence_state

#: Of many records alike so many are printed.
_SHOWN = 20
_SEQUENCES = {
    "content": SequenceName.CONTENT_ID,
    "global": SequenceName.GLOBAL_ID,
    "comment": SequenceName.COMMENT_ID,
}


class Command(BaseCommand):
    help = "Mend the journal of a running node, or its topic; nothing is done unconfirmed."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(
            dest="kind", required=True, metavar="reset|move|content|settings"
        )
        reset = kinds.add_parser("reset", help="move sequences to the highest ids in use")
        _add_common(reset)
        reset.add_argument(
            "--tenant",
            action="append",
            help="may be repeated; else those with a sequence behind",
        )
        move = kinds.add_parser("move", help="draw ids up to a number")
        _add_common(move)
        move.add_argument("sequence", choices=[*_SEQUENCES])
        move.add_argument("to", type=int, metavar="ID")
        move.add_argument("--tenant", default=DEFAULT_TENANT)
        of_topic = kinds.add_parser("settings", help="change settings of the topic")
        _add_common(of_topic)
        of_topic.add_argument("names", nargs="*", metavar="SETTING", help="only these; else all")
        content = kinds.add_parser("content", help="say a lost content again")
        _add_common(content)
        content.add_argument("hash", nargs="?", help="without it, those known to be lost are named")
        content.add_argument("--content-id", type=int, metavar="ID", help="where no record tells")
        source = content.add_mutually_exclusive_group()
        source.add_argument("--dump", type=Path, metavar="FILE", help="a dump that holds it")
        source.add_argument("--node", metavar="URL", help="another node that holds it")
        source.add_argument("--file", type=Path, metavar="FILE", help="its bytes")
        content.add_argument("--references", type=Path, metavar="FILE", help="with --file: JSON")

    def handle(self, *, kind: str, dry_run: bool, **options: Any) -> None:
        with ensure_broker():
            try:
                if kind == "settings":
                    asked = None if dry_run else partial(self._named, options)
                    repair_topic_config(self.stdout.write, asked, options["names"])
                    return
                if kind == "content" and options["hash"] is None:
                    self._name_lost_contents()
                    return
                mending = _PLANS[kind](options)
                self._show(mending)
                if not dry_run:
                    self._carry_out(mending, self._confirmed(options))
            except (RegistryError, NoOutcome, DatabaseError) as error:
                raise CommandError(str(error).strip()) from error
            finally:
                close()

    def _name_lost_contents(self) -> None:
        lost = missing_contents()
        if not lost:
            self.stdout.write("No content is known to be missing.")
        for each in lost:
            ids = ", ".join(map(str, candidate_ids(each))) or "above the highest"
            needed = ", ".join(f"{row.partition}:{row.offset}" for row in each.refused) or "none"
            self.stdout.write(f"{each.content_hash}  content id {ids}; needed by records {needed}")

    def _show(self, mending: RepairPlan) -> None:
        self.stdout.write(f"{mending.title}: {len(mending.records)} records, {mending.size} bytes.")
        for at, each in enumerate(mending.records[:_SHOWN], 1):
            self.stdout.write(f"{at}. {each.summary}: {each.change}")
            self.stdout.write(f"   key   {_printed(each.key)}")
            self.stdout.write(f"   value {_printed(each.value)}")
        if len(mending.records) > _SHOWN:
            self.stdout.write(f"and {len(mending.records) - _SHOWN} more of the same kind.")
        for warning in mending.warnings:
            self.stdout.write(self.style.WARNING(warning))

    def _confirmed(self, options: dict[str, Any]) -> str:
        """What was typed as the topic's name."""
        if not options["yes"]:
            self.stdout.write("The topic is saved first, to a dump in the node's home.")
        return self._named(options, "say this on it")

    def _named(self, options: dict[str, Any], doing: str = "change it") -> str:
        if options["yes"]:
            if options["topic"] is None:
                raise CommandError("--yes needs --topic, with the name of the topic.")
            return str(options["topic"])
        self.stdout.write(f"Type {settings.JOURNAL_TOPIC} to {doing}:")
        self.stdout.flush()
        return sys.stdin.readline().strip()

    def _carry_out(self, mending: RepairPlan, typed: str) -> None:
        mended = execute(mending, typed)
        self.stdout.write(f"{mended.dump.records} records saved to {mended.dump.file}")
        for line in _told(mended):
            self.stdout.write(line)
        if not mended.succeeded:
            raise CommandError("It was said, and not all of it helped: see above.")


def _plan_reset(options: dict[str, Any]) -> RepairPlan:
    of_tenants = options["tenant"] or tenants_to_reset()
    return plan_reset(of_tenants, current_dialect(), str(uuid4()))


def _plan_move(options: dict[str, Any]) -> RepairPlan:
    standing = sequence_state(options["tenant"], _SEQUENCES[options["sequence"]])
    return plan_advance(standing, options["to"], current_dialect(), str(uuid4()))


def _plan_content(options: dict[str, Any]) -> RepairPlan:
    lost = get_missing_content(options["hash"])
    content_id = options["content_id"] or lost.content_id
    if content_id is None:
        free = ", ".join(map(str, candidate_ids(lost))) or "none below the highest"
        raise CommandError(f"No record tells its id: name one with --content-id. Free are: {free}.")
    return plan_content_restore(lost, content_id, _found(options), current_dialect(), str(uuid4()))


def _found(options: dict[str, Any]) -> RecoveredContent:
    wanted = options["hash"]
    try:
        if options["dump"] is not None:
            with options["dump"].open("rb") as lines:
                return recover_from_dump(lines, wanted)
        if options["node"] is not None:
            return recover_from_node(options["node"], wanted)
        if options["file"] is not None:
            text = options["references"].read_text() if options["references"] else ""
            return recover_from_file(options["file"].read_bytes(), wanted, text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from error
    raise CommandError("Say where its bytes are: --dump, --node or --file.")


_PLANS = {"reset": _plan_reset, "move": _plan_move, "content": _plan_content}


def _add_common(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would be done and stop")
    parser.add_argument("--yes", action="store_true", help="with --topic, instead of typing it")
    parser.add_argument("--topic", metavar="NAME", help="the topic's name, for --yes")


def _told(mended: RepairResult) -> list[str]:
    lines = [
        f"{each.partition}:{each.offset} {each.summary}, {each.outcome}"
        + (f": {each.remark}" if each.remark else "")
        for each in mended.records[:_SHOWN]
    ]
    if len(mended.records) > _SHOWN:
        last = mended.records[-1]
        lines.append(f"and so on up to {last.partition}:{last.offset}")
    return lines + [
        f"{'yes' if each.passed else 'NO '} {each.description}" for each in mended.checks
    ]


def _printed(part: bytes) -> str:
    """Type byte and text; what is no text is shown as escapes."""
    text = part.decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text[:400])
