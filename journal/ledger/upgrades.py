"""Reads the state of upgrades from 2.5.9 on: the topic's version, and the upgrading node."""

from dataclasses import dataclass

from django.db.models import Max

from journal.models import LedgerRow, UpgradeCommit, UpgraderState
from journal.projection.handlers.upgrades import LOCK_TIMEOUT


@dataclass(frozen=True, slots=True)
class UpgradeState:
    """A topic without a committed version has version 1; `holder` holds the lock."""

    version: int
    holder: str | None


def upgrade_state() -> UpgradeState:
    """Read the state by the records' own clock, like the nodes in the protocol."""
    version = UpgradeCommit.objects.aggregate(highest=Max("version"))["highest"] or 1
    last = LedgerRow.objects.order_by("-id").values_list("timestamp", flat=True).first() or 0
    holder = (
        UpgraderState.objects
        .filter(
            tried_at_offset__isnull=False, seen_at__gte=last - LOCK_TIMEOUT, version__gt=version
        )
        .order_by("tried_at_offset")
        .first()
    )
    return UpgradeState(version, holder.upgrader_uuid if holder else None)
