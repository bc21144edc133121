"""Uploads of several contents, each stored after those it refers to.

The plan checks each content as if the earlier ones were stored; storing checks it again.
"""

# A bundle is not all or nothing: its records stand on a journal that other nodes write, too, and
# Kafka's transactions are not part of the format. So the plan rejects whatever can be known, a run
# stops at the first item that fails, and an item that is stored already, to the byte and with the
# same references, is not stored again: trying once more is safe.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from journal.commands.dry_run import try_version
from journal.commands.uploads import create_artifact, find_same_content, update_artifact
from journal.commands.writer import Writer
from registry import queries
from registry.admission.new_versions import NewVersion
from registry.admission.references import ReferenceTargets
from registry.bundles.dependencies import (
    BundlePart,
    Dependency,
    find_dependencies,
    sort_by_dependencies,
)
from registry.errors import ArtifactAlreadyExists, RegistryError
from registry.queries import VersionMeta
from registry.references import Reference
from registry.rules import Verdict


class PlannedAction(StrEnum):
    """The planned action for an item; UNCHANGED means stored already, byte for byte."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "there"
    REJECTED = "refused"
    SKIPPED = "left out"


@dataclass(frozen=True, slots=True)
class BundleItem:
    """One file; a type of None is the artifact's own or the content's."""

    path: str
    content: bytes
    artifact_id: str
    type_name: str | None = None
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item and its planned action; `index` is its place in the bundle.

    `bundled_references` pairs the name of each reference inside the bundle with the index of its
    item; `unresolved_names` has neither an item nor a stored version. `error` is the reason for
    rejecting the item, unless a rule rejects it.
    """

    index: int
    item: BundleItem
    type_name: str
    action: PlannedAction
    version: str = ""
    bundled_references: tuple[tuple[str, int], ...] = ()
    stored_references: tuple[Reference, ...] = ()
    unresolved_names: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""

    @property
    def refusals(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.causes]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """The version of a stored item; `is_new` if this run stored it."""

    meta: VersionMeta
    is_new: bool


def plan_bundle(
    writer: Writer,
    group_id: str | None,
    items: Sequence[BundleItem],
    types: Sequence[str | None],
) -> tuple[PlannedItem, ...]:
    """Plan the items in an order possible for storing, the skipped ones last.

    `types` are the types detected in the contents.
    """
    planner = _Planner(writer, group_id, items)
    included = [index for index, item in enumerate(items) if not item.is_skipped]
    parts = [
        BundlePart(items[index].path, items[index].content, items[index].type_name or types[index])
        for index in included
    ]
    dependencies = find_dependencies(parts)
    order = sort_by_dependencies(parts, dependencies)
    for position in order.order:
        planner.add(
            included[position],
            parts[position].type_name or "",
            [
                replace(
                    dependency,
                    target=None if dependency.target is None else included[dependency.target],
                )
                for dependency in dependencies[position]
            ],
            order.cycles.get(position, ()),
        )
    skipped = (index for index, item in enumerate(items) if item.is_skipped)
    return (
        *planner.planned,
        *(
            PlannedItem(index, items[index], types[index] or "", PlannedAction.SKIPPED)
            for index in skipped
        ),
    )


class _Planner:
    def __init__(
        self,
        writer: Writer,
        group_id: str | None,
        items: Sequence[BundleItem],
    ) -> None:
        self._writer = writer
        self._group_id = group_id
        self._items = items
        self._targets = ReferenceTargets(group_id)
        self._contents: dict[tuple[str | None, str, str], tuple[bytes, tuple[Reference, ...]]] = {}
        self.planned: list[PlannedItem] = []

    def add(
        self,
        index: int,
        type_name: str,
        dependencies: Sequence[Dependency],
        cycle: tuple[str, ...],
    ) -> None:
        bundled, stored, unresolved = [], [], []
        for dependency in dependencies:
            name = dependency.name
            if dependency.target is not None:
                bundled.append((name, dependency.target))
                continue
            names = dependency.unresolved.names
            reference = self._targets.find(type_name, names, name)
            if reference is None:
                unresolved.append(name)
            else:
                stored.append(reference)
        planned = PlannedItem(
            index=index,
            item=self._items[index],
            type_name=type_name,
            action=PlannedAction.REJECTED,
            bundled_references=tuple(bundled),
            stored_references=tuple(stored),
            unresolved_names=tuple(unresolved),
        )
        error = self._find_error(planned, cycle)
        self.planned.append(replace(planned, error=error) if error else self._try(planned))

    def _find_error(self, planned: PlannedItem, cycle: tuple[str, ...]) -> str:
        artifact_id = planned.item.artifact_id
        same_id = [
            earlier.item.path for earlier in self.planned if earlier.item.artifact_id == artifact_id
        ]
        usable = {
            earlier.index
            for earlier in self.planned
            if earlier.action is not PlannedAction.REJECTED
        }
        rejected = [
            self._items[index].path
            for _, index in planned.bundled_references
            if index not in usable
        ]
        if cycle:
            return (
                f"It refers to itself by way of others: {' → '.join(cycle)}. None of them can be "
                "the first."
            )
        if not planned.type_name:
            return "The type can't be told from this content. Choose it."
        if not artifact_id:
            return "It needs an id."
        if same_id:
            return f"{same_id[0]} has this id, too. Give one of them another."
        if rejected:
            return f"It refers to {', '.join(rejected)}, which can't be stored."
        return ""

    def _try(self, planned: PlannedItem) -> PlannedItem:
        versions = {earlier.index: earlier.version for earlier in self.planned}
        new = make_new_version(planned, self._group_id, versions, self._items)
        is_known = queries.artifact_exists(self._group_id, new.artifact_id)
        same = find_same_content(self._writer, new) if is_known else None
        if same is not None:
            return replace(
                planned,
                action=PlannedAction.UNCHANGED,
                version=same.version,
                type_name=same.type,
            )
        try:
            proposed, verdicts = try_version(
                self._writer,
                new,
                is_new_artifact=not is_known,
                planned=self._contents,
            )
        except RegistryError as error:
            return replace(planned, error=str(error))
        version = queries.next_version(self._group_id, new.artifact_id) if is_known else "1"
        self._contents[self._group_id, new.artifact_id, version] = new.content, new.references
        action = PlannedAction.UPDATE if is_known else PlannedAction.CREATE
        if any(verdict.causes for verdict in verdicts):
            action = PlannedAction.REJECTED
        return replace(
            planned,
            action=action,
            version=version,
            verdicts=tuple(verdicts),
            type_name=proposed.type_name,
        )


def make_new_version(
    planned: PlannedItem,
    group_id: str | None,
    versions: Mapping[int, str],
    items: Sequence[BundleItem],
) -> NewVersion:
    """Return the new version for an item; `versions` maps the items before it to their versions."""
    item = planned.item
    bundled = (
        Reference(group_id, items[index].artifact_id, versions[index], name)
        for name, index in planned.bundled_references
    )
    is_known = queries.artifact_exists(group_id, item.artifact_id)
    return NewVersion(
        group_id=group_id,
        artifact_id=item.artifact_id,
        content=item.content,
        type=item.type_name or (None if is_known else planned.type_name),
        references=(*bundled, *planned.stored_references),
    )


def store_item(writer: Writer, new: NewVersion, action: PlannedAction) -> StoredItem:
    """Store an item, unless its artifact has a version with the same bytes.

    Raises ArtifactAlreadyExists for an artifact made since the plan, and the errors of
    `create_artifact` and `update_artifact`.
    """
    if not queries.artifact_exists(new.group_id, new.artifact_id):
        return StoredItem(create_artifact(writer, new), is_new=True)
    same = find_same_content(writer, new)
    if same is not None:
        return StoredItem(same, is_new=False)
    if action is PlannedAction.CREATE:
        raise ArtifactAlreadyExists(new.group_id, new.artifact_id)
    return StoredItem(update_artifact(writer, new), is_new=True)
