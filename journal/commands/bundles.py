"""Several contents stored one after the other, each after those that it refers to.

The plan tries each as if those before it were stored; storing one checks it once more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from journal.commands.artifacts import create_artifact, find_same_content, update_artifact
from journal.commands.store_version import NewVersion, tried
from journal.wire.messages import Action
from registry import queries
from registry.admission.references import find_reference_target
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
    """What becomes of a line; what is THERE is stored already, byte for byte."""

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
    """`at` is the line's place in the bundle. `trouble` says why it is refused, where no rule does.

    `inner` are places of lines that it refers to, by the references' names; `outer` are references
    to what is stored already; `lacking` are names for which nothing is found.
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
        return [each for each in self.verdicts if each.causes]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """`is_new` if the version was stored just now."""

    meta: VersionMeta
    is_new: bool


#: Why this one may not change an artifact; empty if they may.
WhyNot = Callable[[str], str]


def plan_bundle(
    group_id: str | None,
    lines: Sequence[BundleItem],
    types: Sequence[str | None],
    why_not: WhyNot,
) -> tuple[PlannedItem, ...]:
    """In the order in which they can be stored; `types` are those that the contents suggest."""
    plan = _Plan(group_id, lines, types, why_not)
    kept = [at for at, each in enumerate(lines) if not each.is_skipped]
    pieces = [BundlePart(lines[at].path, lines[at].content, plan.type_of(at)) for at in kept]
    found = find_dependencies(pieces)
    in_order = sort_by_dependencies(pieces, found)
    for place in in_order.order:
        mapped = [
            replace(each, to=None if each.to is None else kept[each.to]) for each in found[place]
        ]
        plan.add(kept[place], mapped, in_order.cycles.get(place, ()))
    left = [at for at, each in enumerate(lines) if each.is_skipped]
    plan.done += [PlannedItem(at, lines[at], types[at] or "", PlannedAction.SKIPPED) for at in left]
    return tuple(plan.done)


class _Plan:
    def __init__(
        self,
        group_id: str | None,
        lines: Sequence[BundleItem],
        types: Sequence[str | None],
        why_not: WhyNot,
    ) -> None:
        self._group_id = group_id
        self._lines = lines
        self._types = types
        self._why_not = why_not
        self._by_place: dict[int, PlannedItem] = {}
        self._ids: dict[str, str] = {}
        self._planned: dict[tuple[str | None, str, str], tuple[bytes, tuple[Reference, ...]]] = {}
        self.done: list[PlannedItem] = []

    def type_of(self, at: int) -> str | None:
        return self._lines[at].type_name or self._types[at]

    def add(self, at: int, needs: Sequence[Dependency], circle: tuple[str, ...]) -> None:
        planned = self._referring(at, needs)
        trouble = self._trouble(planned, circle)
        planned = replace(planned, error=trouble) if trouble else self._tried(planned)
        self.done.append(planned)
        self._by_place[at] = planned
        self._ids.setdefault(planned.item.artifact_id, planned.item.path)

    def _referring(self, at: int, needs: Sequence[Dependency]) -> PlannedItem:
        line, type_name = self._lines[at], self.type_of(at) or ""
        inner = [(each.name, each.to) for each in needs if each.to is not None]
        outer, lacking = [], []
        for each in needs:
            if each.to is None:
                found = find_reference_target(
                    self._group_id, type_name, each.unmapped.names, each.name
                )
                if found is None:
                    lacking.append(each.name)
                else:
                    outer.append(found)
        parts = tuple(inner), tuple(outer), tuple(lacking)
        return PlannedItem(at, line, type_name, PlannedAction.REJECTED, "", *parts)

    def _trouble(self, planned: PlannedItem, circle: tuple[str, ...]) -> str:
        line = planned.item
        refused = [
            self._lines[at].path
            for _, at in planned.bundled_references
            if at not in self._by_place or self._by_place[at].action is PlannedAction.REJECTED
        ]
        if circle:
            return (
                f"It refers to itself by way of others: {' → '.join(circle)}. None of them can be "
                "the first."
            )
        if not planned.type_name:
            return "The type can't be told from this content. Choose it."
        if not line.artifact_id:
            return "It needs an id."
        if line.artifact_id in self._ids:
            return f"{self._ids[line.artifact_id]} has this id, too. Give one of them another."
        if refused:
            return f"It refers to {', '.join(refused)}, which can't be stored."
        return self._why_not(line.artifact_id)

    def _tried(self, planned: PlannedItem) -> PlannedItem:
        versions = {at: each.version for at, each in self._by_place.items()}
        new = version_of(planned, self._group_id, versions, self._lines)
        is_known = queries.artifact_exists(self._group_id, new.artifact_id)
        same = find_same_content(new) if is_known else None
        if same is not None:
            return replace(
                planned, action=PlannedAction.UNCHANGED, version=same.version, type_name=same.type
            )
        action = Action.UPDATE if is_known else Action.CREATE
        try:
            verdicts = tuple(tried(new, action, self._planned))
        except RegistryError as error:
            return replace(planned, error=str(error))
        if is_known:
            version = queries.next_version(self._group_id, new.artifact_id)
            type_name = new.type or queries.artifact_type(self._group_id, new.artifact_id)
        else:
            version, type_name = "1", planned.type_name
        self._planned[self._group_id, new.artifact_id, version] = new.content, new.references
        planned_action = PlannedAction.UPDATE if is_known else PlannedAction.CREATE
        if any(each.causes for each in verdicts):
            planned_action = PlannedAction.REJECTED
        return replace(
            planned, action=planned_action, version=version, verdicts=verdicts, type_name=type_name
        )


def version_of(
    planned: PlannedItem,
    group_id: str | None,
    versions: dict[int, str],
    lines: Sequence[BundleItem],
    created_by: str = "",
) -> NewVersion:
    """`versions` are those of the lines before it, as planned or as stored."""
    line = planned.item
    inner = tuple(
        Reference(group_id, lines[at].artifact_id, versions[at], name)
        for name, at in planned.bundled_references
    )
    is_known = queries.artifact_exists(group_id, line.artifact_id)
    return NewVersion(
        group_id=group_id,
        artifact_id=line.artifact_id,
        content=line.content,
        type=line.type_name or (None if is_known else planned.type_name),
        references=(*inner, *planned.stored_references),
        created_by=created_by,
    )


def store_item(new: NewVersion, will: PlannedAction) -> StoredItem:
    """What is there already, to the byte, is not stored again.

    Raises ArtifactAlreadyExists where somebody else made the artifact since it was planned, and
    what `create_artifact` and `update_artifact` raise.
    """
    if queries.artifact_exists(new.group_id, new.artifact_id):
        same = find_same_content(new)
        if same is not None:
            return StoredItem(same, is_new=False)
        if will is PlannedAction.CREATE:
            raise ArtifactAlreadyExists(new.group_id, new.artifact_id)
        return StoredItem(update_artifact(new), is_new=True)
    return StoredItem(create_artifact(new), is_new=True)
