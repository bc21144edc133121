"""The preview of an upload: the result of storing it, and faults of the content."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from dashboard.frame.converters import group_name
from dashboard.uploads.form import (
    ReferenceRow,
    UploadForm,
    file_name,
    to_new_version,
    to_reference_row,
)
from journal.commands import NewVersion, VersionPreview, Writer, preview_version
from registry import queries
from registry.admission.references import ReferenceTargets
from registry.admission.rules import RuleInForce, list_rules_in_force
from registry.artifact_types import ARTIFACT_TYPES
from registry.artifact_types.base import ExtractedMetadata
from registry.artifact_types.checks import Document, Violation
from registry.bundles.names import reference_name, required_references, suggest_id
from registry.checking import check_validity, untyped_violations
from registry.errors import ArtifactAlreadyExists, RegistryError
from registry.rules import Verdict

_MAX_ANNOTATIONS = 100
_MAX_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Annotation:
    """A fault at a line, 0 for none in particular; `is_rejected` if a rule rejects it."""

    line: int
    column: int
    message: str
    context: str
    is_rejected: bool
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule in force and its verdict, None if it was not checked."""

    rule: RuleInForce
    verdict: Verdict | None

    @property
    def is_rejected(self) -> bool:
        return self.verdict is not None and bool(self.verdict.causes)


@dataclass(frozen=True, slots=True)
class RequiredReference:
    """A name referenced by the content; `row` is a resolving reference, if found."""

    name: str
    line: int
    is_mapped: bool
    row: ReferenceRow | None


@dataclass(frozen=True, slots=True)
class UploadPreview:
    """`error` rejects the upload apart from rules; `version` is the resulting version.

    With `would_exist` the artifact exists already, and `version` would be its next version.
    """

    location: str
    has_id: bool
    is_version: bool
    would_exist: bool = False
    type_name: str = ""
    type_reason: str = ""
    error: str = ""
    version: VersionPreview | None = None
    meta: ExtractedMetadata = field(default_factory=ExtractedMetadata)
    suggested_id: str = ""
    rules: tuple[RuleResult, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    more_annotations: int = 0
    required_references: tuple[RequiredReference, ...] = ()

    @property
    def would_store(self) -> bool:
        return (
            not self.error
            and not self.would_exist
            and self.version is not None
            and self.version.refusal is None
        )

    @property
    def resolvable(self) -> list[RequiredReference]:
        return [
            reference
            for reference in self.required_references
            if reference.row is not None and not reference.is_mapped
        ]


def preview_upload(
    writer: Writer,
    form: UploadForm,
    rows: list[ReferenceRow],
    is_version: bool,
) -> UploadPreview | None:
    """Return the preview; None for an invalid form, with the errors in its fields."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    location = group_name(data["group"].strip() or None)
    if data["id"]:
        location = f"{location}/{data['id']}"
    preview = UploadPreview(location, has_id=bool(data["id"]), is_version=is_version)
    try:
        new = to_new_version(form, rows, is_version)
    except RegistryError as error:
        content = data["content"]
        annotations = _violation_annotations(untyped_violations(content), content)
        return replace(preview, error=str(error), annotations=tuple(annotations))
    preview = _with_version(writer, preview, new)
    type_name = preview.type_name
    if type_name:
        preview = _with_details(preview, new)
    suggested_id, type_reason = "", ""
    if not data["id"]:
        suggested_id = suggest_id(type_name, new.content, file_name(form) or "artifact")
    if not data["type"] and is_version:
        type_reason = "as the artifact has it"
    elif not data["type"]:
        reasons = {known.name: known.detection_reason for known in ARTIFACT_TYPES}
        type_reason = reasons.get(type_name, "")
    return replace(preview, suggested_id=suggested_id, type_reason=type_reason)


def _with_version(writer: Writer, preview: UploadPreview, new: NewVersion) -> UploadPreview:
    """Add the resulting version or the reason for its rejection, and the type."""
    version, error_text, would_exist = None, "", False
    try:
        version = preview_version(writer, new, preview.is_version)
    except ArtifactAlreadyExists:
        would_exist = True
        # The page offers to store it as the next version.
        with suppress(RegistryError):
            version = preview_version(writer, replace(new, version=None), is_version=True)
    except RegistryError as error:
        error_text = str(error)
    type_name = new.type or ""
    if version is not None:
        type_name = version.type_name
    elif not type_name and queries.artifact_exists(new.group_id, new.artifact_id):
        type_name = queries.artifact_type(new.group_id, new.artifact_id)
    return replace(
        preview, version=version, error=error_text, would_exist=would_exist, type_name=type_name
    )


def _with_details(preview: UploadPreview, new: NewVersion) -> UploadPreview:
    """Add metadata, rules, faults and references of the content."""
    type_name, content = preview.type_name, new.content
    verdicts = {} if preview.version is None else {v.rule: v for v in preview.version.verdicts}
    annotations = list(_verdict_annotations(verdicts.values(), content))
    validity = verdicts.get("VALIDITY")
    if validity is None or (validity.level != "FULL" and not validity.causes):
        # What no rule checks is shown all the same, since readers will run into it.
        document = Document(content, queries.referenced_contents(new.references))
        violations = check_validity(type_name, document)
        annotations += _violation_annotations(violations, content)
    mapped = {reference.name for reference in new.references}
    required = []
    targets = ReferenceTargets(new.group_id)
    for reference in required_references(type_name, content):
        name, names = reference_name(type_name, reference), reference.names
        is_mapped = not mapped.isdisjoint(names)
        target = None
        if not is_mapped:
            target = targets.find(type_name, names, name)
        row = None if target is None else to_reference_row(target)
        required.append(RequiredReference(name, reference.line, is_mapped, row))
    rules = list_rules_in_force(new.group_id, new.artifact_id, type_name)
    return replace(
        preview,
        meta=new.meta(type_name),
        rules=tuple(RuleResult(rule, verdicts.get(rule.rule)) for rule in rules),
        annotations=tuple(annotations[:_MAX_ANNOTATIONS]),
        more_annotations=max(0, len(annotations) - _MAX_ANNOTATIONS),
        required_references=tuple(required),
    )


def _verdict_annotations(verdicts: Iterable[Verdict], content: bytes) -> Iterator[Annotation]:
    lines = content.decode("utf-8-sig", "replace").split("\n")
    for verdict in verdicts:
        for is_rejected, causes in ((True, verdict.causes), (False, verdict.remarks)):
            for cause in causes:
                yield Annotation(
                    cause.line,
                    cause.column,
                    cause.description,
                    cause.context,
                    is_rejected,
                    _excerpt(lines, cause.line),
                )


def _violation_annotations(violations: Iterable[Violation], content: bytes) -> list[Annotation]:
    lines = content.decode("utf-8-sig", "replace").split("\n")
    return [
        Annotation(
            violation.line,
            violation.column,
            f"{violation.message.rstrip('.')}. {violation.hint}".strip(),
            violation.path,
            False,
            _excerpt(lines, violation.line),
        )
        for violation in violations
    ]


def _excerpt(lines: list[str], line: int) -> str:
    if not 0 < line <= len(lines):
        return ""
    text = lines[line - 1].strip()
    return text if len(text) <= _MAX_EXCERPT else f"{text[:_MAX_EXCERPT]}…"
