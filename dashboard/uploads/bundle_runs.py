"""A kept bundle planned, and stored line by line; what became of each is kept as it is known."""

from collections.abc import Callable
from dataclasses import dataclass

from access.caller import AccessDenied, Caller
from access.ownership import require_artifact_owner
from dashboard.frame.converters import parse_group
from dashboard.uploads.bundle_store import KeptBundle, KeptOutcome, contents_of, save
from journal.commands import BundleItem, PlannedAction, PlannedItem, plan_bundle, store_item
from journal.commands.bundles import make_new_version
from journal.outcomes.errors import NoOutcome
from journal.snapshots.builder import Progress
from registry.artifact_types import detect
from registry.errors import RegistryError
from registry.rules import RuleViolation


@dataclass(frozen=True, slots=True)
class Plan:
    """In the order in which they are stored; `types` are those that are detected, by line."""

    lines: tuple[BundleItem, ...]
    planned: tuple[PlannedItem, ...]
    types: tuple[str | None, ...]

    @property
    def to_store(self) -> list[PlannedItem]:
        return [
            each
            for each in self.planned
            if each.action in {PlannedAction.CREATE, PlannedAction.UPDATE}
        ]

    @property
    def there(self) -> list[PlannedItem]:
        return [each for each in self.planned if each.action is PlannedAction.UNCHANGED]

    @property
    def refused(self) -> list[PlannedItem]:
        return [each for each in self.planned if each.action is PlannedAction.REJECTED]


def plan_of(bundle: KeptBundle, asks: Caller) -> Plan:
    contents = contents_of(bundle)
    found = [detect(each) for each in contents]
    types = tuple(None if each is None else each.name for each in found)
    lines = tuple(
        BundleItem(each.path, content, each.artifact_id, each.type_name or None, each.is_left_out)
        for each, content in zip(bundle.lines, contents, strict=True)
    )
    why_not = _why_not(bundle, asks)
    return Plan(lines, plan_bundle(parse_group(bundle.group), lines, types, why_not), types)


def _why_not(bundle: KeptBundle, asks: Caller) -> Callable[[str], str]:
    def why_not(artifact_id: str) -> str:
        try:
            require_artifact_owner(asks, parse_group(bundle.group), artifact_id)
        except AccessDenied as error:
            return str(error)
        return ""

    return why_not


def begin_outcomes(bundle: KeptBundle, plan: Plan) -> None:
    """All waiting, in the plan's order."""
    bundle.outcomes = [
        KeptOutcome(at=each.index, artifact_id=each.item.artifact_id, state="waiting")
        for each in plan.planned
        if each.action is not PlannedAction.SKIPPED
    ]
    save(bundle)


def run(bundle: KeptBundle, plan: Plan, created_by: str, tell: Progress) -> KeptBundle:
    """Stops at the first line that fails; what was stored before it stays."""
    versions: dict[int, str] = {}
    planned = {each.index: each for each in plan.planned}
    for count, outcome in enumerate(bundle.outcomes):
        each = planned[outcome.at]
        tell(f"Storing {each.item.path}", count / len(bundle.outcomes))
        trouble = _store(each, outcome, (bundle, plan, versions, created_by))
        save(bundle)
        if trouble:
            break
    for outcome in bundle.outcomes:
        if outcome.state == "waiting":
            outcome.state = "not tried"
    save(bundle)
    return bundle


def _store(
    planned: PlannedItem,
    outcome: KeptOutcome,
    within: tuple[KeptBundle, Plan, dict[int, str], str],
) -> bool:
    bundle, plan, versions, created_by = within
    try:
        new = make_new_version(planned, parse_group(bundle.group), versions, plan.lines, created_by)
        stored = store_item(new, planned.action)
    except RuleViolation as error:
        causes = " ".join(each.description for each in error.verdict.causes[:3])
        outcome.state, outcome.trouble = "failed", f"{error.verdict.rule} refuses it. {causes}"
    except (RegistryError, NoOutcome) as error:
        outcome.state, outcome.trouble = "failed", str(error)
    else:
        outcome.state = "stored" if stored.is_new else "there"
        outcome.version = versions[planned.index] = stored.meta.version
    return outcome.state == "failed"
