"""Plans a bulk upload and stores it item by item; saves each result at once."""

from dataclasses import dataclass

from dashboard.frame.converters import parse_group
from dashboard.uploads.bulk_upload_store import BulkUpload, ItemResult, read_contents, save
from journal.commands import (
    BundleItem,
    PlannedAction,
    PlannedItem,
    Writer,
    plan_bundle,
    store_item,
)
from journal.commands.bundles import make_new_version
from journal.outcomes.errors import NoOutcome
from journal.snapshots.builder import Progress
from registry.artifact_types import detect_type
from registry.errors import RegistryError
from registry.rules import RuleViolation


@dataclass(frozen=True, slots=True)
class BulkUploadPlan:
    """`planned` is in the order of storing, `items` and the detected `types` as uploaded."""

    items: tuple[BundleItem, ...]
    planned: tuple[PlannedItem, ...]
    types: tuple[str | None, ...]

    @property
    def to_store(self) -> list[PlannedItem]:
        actions = {PlannedAction.CREATE, PlannedAction.UPDATE}
        return [item for item in self.planned if item.action in actions]

    @property
    def unchanged(self) -> list[PlannedItem]:
        return [item for item in self.planned if item.action is PlannedAction.UNCHANGED]

    @property
    def rejected(self) -> list[PlannedItem]:
        return [item for item in self.planned if item.action is PlannedAction.REJECTED]


def make_plan(writer: Writer, upload: BulkUpload) -> BulkUploadPlan:
    items, types = [], []
    for item, content in zip(upload.items, read_contents(upload), strict=True):
        detected = detect_type(content)
        types.append(None if detected is None else detected.name)
        type_name = item.type_name or None
        bundled = BundleItem(item.path, content, item.artifact_id, type_name, item.is_skipped)
        items.append(bundled)
    planned = plan_bundle(writer, parse_group(upload.group), tuple(items), tuple(types))
    return BulkUploadPlan(tuple(items), planned, tuple(types))


def init_results(upload: BulkUpload, plan: BulkUploadPlan) -> None:
    """Save results with the state `waiting` for all items, in the plan's order."""
    upload.results = [
        ItemResult(index=item.index, artifact_id=item.item.artifact_id, state="waiting")
        for item in plan.planned
        if item.action is not PlannedAction.SKIPPED
    ]
    save(upload)


def execute(
    writer: Writer,
    upload: BulkUpload,
    plan: BulkUploadPlan,
    on_progress: Progress,
) -> BulkUpload:
    """Store the items up to the first failure."""
    versions: dict[int, str] = {}
    planned = {item.index: item for item in plan.planned}
    for count, result in enumerate(upload.results):
        item = planned[result.index]
        on_progress(f"Storing {item.item.path}", count / len(upload.results))
        try:
            group_id = parse_group(upload.group)
            new = make_new_version(item, group_id, versions, plan.items)
            stored = store_item(writer, new, item.action)
        except RuleViolation as error:
            causes = " ".join(cause.description for cause in error.verdict.causes[:3])
            result.state, result.error = "failed", f"{error.verdict.rule} refuses it. {causes}"
        except (RegistryError, NoOutcome) as error:
            result.state, result.error = "failed", str(error)
        else:
            result.state = "stored" if stored.is_new else "there"
            result.version = versions[item.index] = stored.meta.version
        save(upload)
        if result.state == "failed":
            break
    for result in upload.results:
        if result.state == "waiting":
            result.state = "not tried"
    save(upload)
    return upload
