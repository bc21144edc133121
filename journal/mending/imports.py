"""Imports an export: for now the empty one, whose import is the reset that mends sequences."""

from typing import IO
from uuid import uuid4

from journal.mending.sequences import plan_reset
from journal.outcomes import Effect
from journal.speaker import current_dialect, say
from registry.archives import EntryKind, read_archive
from registry.errors import RegistryError
from registry.models import DEFAULT_TENANT


class ImportUnsupported(RegistryError):
    """The export holds content, which can't be imported yet; nothing was said."""


def import_archive(file: IO[bytes]) -> list[Effect]:
    """Says what a Java node says of an empty export: GlobalId RESET, then ContentId RESET.

    Read to the end before anything is said. Raises ArchiveDamaged, ImportUnsupported, NoOutcome.
    """
    for entry in read_archive(file):
        if entry.kind is not EntryKind.MANIFEST:
            raise ImportUnsupported(
                "Importing content is not supported yet: this node imports an export of an empty "
                f"registry only, which resets the sequences, and this one holds {entry.path}."
            )
    mending = plan_reset([DEFAULT_TENANT], current_dialect(), str(uuid4()))
    return say([each.message for each in mending.records], is_mending=True)
