"""Repairs the journal: shows the records, saves the topic, publishes them, and checks the result.

Settings of the topic likewise, without records: see node.cli.topic_config.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from journal.journal import Journal
from journal.kafka.topics import KafkaTopic
from journal.outcomes.errors import NoOutcome
from journal.repair.content_sources import (
    RecoveredContent,
    recover_from_dump,
    recover_from_file,
    recover_from_node,
)
from journal.repair.execution import execute
from journal.repair.missing_contents import (
    candidate_ids,
    get_missing_content,
    missing_contents,
    plan_content_restore,
)
from journal.repair.plan import RepairPlan
from journal.repair.sequences import plan_advance, plan_reset, tenants_to_reset
from node.cli.confirmation import read_confirmation
from node.cli.old_names import note_new_name
from node.cli.topic_config import repair_topic_config
from node.cli.topics import ensure_broker
from registry.errors import RegistryError
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import sequence_state

#: Of many records of the same kind so many are printed.
_MAX_SHOWN = 20
_SEQUENCES = {
    "content": SequenceName.CONTENT_ID,
    "global": SequenceName.GLOBAL_ID,
    "comment": SequenceName.COMMENT_ID,
}
#: New names of the kinds of repair by their old ones.
_NEW_KINDS = {"reset": "sequences", "move": "advance", "settings": "topic-config"}


class Command(BaseCommand):
    help = "Mend the journal of a running node, or its topic; nothing is done unconfirmed."
    requires_system_checks = ()
    name = "repair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(
            dest="kind", required=True, metavar="sequences|advance|content|topic-config"
        )
        sequences = kinds.add_parser(
            "sequences", aliases=["reset"], help="move sequences to the highest ids in use"
        )
        _add_common(sequences)
        sequences.add_argument(
            "--tenant",
            action="append",
            help="may be repeated; else those with a sequence behind",
        )
        advance = kinds.add_parser("advance", aliases=["move"], help="draw ids up to a number")
        _add_common(advance)
        advance.add_argument("sequence", choices=[*_SEQUENCES])
        advance.add_argument("to", type=int, metavar="ID")
        advance.add_argument("--tenant", default=DEFAULT_TENANT)
        topic_config = kinds.add_parser(
            "topic-config", aliases=["settings"], help="change settings of the topic"
        )
        _add_common(topic_config)
        topic_config.add_argument(
            "names", nargs="*", metavar="SETTING", help="only these; else all"
        )
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
        new_kind = _NEW_KINDS.get(kind, kind)
        if (self.name, kind) != ("repair", new_kind):
            note_new_name(self, f"{self.name} {kind}", f"repair {new_kind}")
        with ensure_broker() as cluster:
            journal = Journal(KafkaTopic(cluster.properties, settings.JOURNAL_TOPIC))
            try:
                self._repair(journal, new_kind, dry_run, options)
            except (RegistryError, NoOutcome, DatabaseError) as error:
                raise CommandError(str(error).strip()) from error
            finally:
                journal.close()

    def _repair(self, journal: Journal, kind: str, dry_run: bool, options: dict[str, Any]) -> None:
        match kind:
            case "topic-config":
                ask = None if dry_run else lambda: self._topic_name(options, "change it")
                repair_topic_config(journal.topic, self.stdout.write, ask, options["names"])
                return
            case "content" if options["hash"] is None:
                self._list_missing_contents()
                return
            case "content":
                plan = _plan_content(journal, options)
            case "advance":
                state = sequence_state(options["tenant"], _SEQUENCES[options["sequence"]])
                plan = plan_advance(
                    state, options["to"], journal.publisher.current_dialect(), str(uuid4())
                )
            case _:
                tenants = options["tenant"] or tenants_to_reset()
                plan = plan_reset(tenants, journal.publisher.current_dialect(), str(uuid4()))
        self._show(plan)
        if not dry_run:
            self._execute(journal, plan, options)

    def _execute(self, journal: Journal, plan: RepairPlan, options: dict[str, Any]) -> None:
        if not options["yes"]:
            self.stdout.write("The topic is saved first, to a dump in the node's home.")
        result = execute(journal, plan, self._topic_name(options, "say this on it"))
        self.stdout.write(f"{result.dump.records} records saved to {result.dump.file}")
        for record in result.records[:_MAX_SHOWN]:
            remark = f": {record.remark}" if record.remark else ""
            place = f"{record.partition}:{record.offset}"
            self.stdout.write(f"{place} {record.summary}, {record.outcome}{remark}")
        if len(result.records) > _MAX_SHOWN:
            last = result.records[-1]
            self.stdout.write(f"and so on up to {last.partition}:{last.offset}")
        for check in result.checks:
            self.stdout.write(f"{'yes' if check.passed else 'NO '} {check.description}")
        if not result.succeeded:
            raise CommandError("It was said, and not all of it helped: see above.")

    def _list_missing_contents(self) -> None:
        missing = missing_contents()
        if not missing:
            self.stdout.write("No content is known to be missing.")
        for content in missing:
            ids = ", ".join(map(str, candidate_ids(content))) or "above the highest"
            needed = ", ".join(f"{row.partition}:{row.offset}" for row in content.refused) or "none"
            self.stdout.write(
                f"{content.content_hash}  content id {ids}; needed by records {needed}"
            )

    def _show(self, plan: RepairPlan) -> None:
        self.stdout.write(f"{plan.title}: {len(plan.records)} records, {plan.size} bytes.")
        for number, record in enumerate(plan.records[:_MAX_SHOWN], 1):
            self.stdout.write(f"{number}. {record.summary}: {record.change}")
            self.stdout.write(f"   key   {_escape(record.key)}")
            self.stdout.write(f"   value {_escape(record.value)}")
        if len(plan.records) > _MAX_SHOWN:
            self.stdout.write(f"and {len(plan.records) - _MAX_SHOWN} more of the same kind.")
        for warning in plan.warnings:
            self.stdout.write(self.style.WARNING(warning))

    def _topic_name(self, options: dict[str, Any], purpose: str) -> str:
        """Ask for the topic's name as confirmation of the repair."""
        if options["yes"]:
            if options["topic"] is None:
                raise CommandError("--yes needs --topic, with the name of the topic.")
            return str(options["topic"])
        return read_confirmation(self.stdout, settings.JOURNAL_TOPIC, purpose)


def _plan_content(journal: Journal, options: dict[str, Any]) -> RepairPlan:
    missing = get_missing_content(options["hash"])
    content_id = options["content_id"] or missing.content_id
    if content_id is None:
        free = ", ".join(map(str, candidate_ids(missing))) or "none below the highest"
        raise CommandError(f"No record tells its id: name one with --content-id. Free are: {free}.")
    content = _recover(options)
    return plan_content_restore(
        journal.topic,
        missing,
        content_id,
        content,
        journal.publisher.current_dialect(),
        str(uuid4()),
    )


def _recover(options: dict[str, Any]) -> RecoveredContent:
    content_hash = options["hash"]
    try:
        if options["dump"] is not None:
            with options["dump"].open("rb") as lines:
                return recover_from_dump(lines, content_hash)
        if options["node"] is not None:
            return recover_from_node(options["node"], content_hash)
        if options["file"] is not None:
            references = options["references"].read_text() if options["references"] else ""
            return recover_from_file(options["file"].read_bytes(), content_hash, references)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from error
    raise CommandError("Say where its bytes are: --dump, --node or --file.")


def _add_common(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would be done and stop")
    parser.add_argument("--yes", action="store_true", help="with --topic, instead of typing it")
    parser.add_argument("--topic", metavar="NAME", help="the topic's name, for --yes")


def _escape(part: bytes) -> str:
    """Return the type byte and the text of a key or value, with other bytes escaped."""
    text = part.decode("utf-8", "backslashreplace")
    return "".join(
        character if character.isprintable() else f"\\x{ord(character):02x}"
        for character in text[:400]
    )
