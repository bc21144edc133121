"""A look at an upload before it is sent: what the button would do, and what speaks against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from access.caller import AccessDenied, Caller
from access.ownership import require_artifact_owner
from dashboard.frame.converters import group_name
from dashboard.uploads.form import ReferenceRow, UploadForm, file_name_of, new_version, row_of
from journal.commands import NewVersion, VersionPreview, preview_version
from registry import queries
from registry.admission.references import find_reference_target
from registry.admission.rules import RuleInForce, list_rules_in_force
from registry.artifact_types import by_name
from registry.artifact_types.base import Extracted
from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import read_json, text_of
from registry.artifact_types.syntax.xml_validity import syntax_violations as xml_violations
from registry.bundles.names import reference_name, required_references, suggest_id
from registry.errors import ArtifactAlreadyExists, RegistryError
from registry.rules import Verdict

#: Told at most of one content.
_MOST_MARKS = 100
_LONGEST_EXCERPT = 160
_WHY: dict[str, str] = {
    "AVRO": "JSON with an Avro type at its top",
    "JSON": "JSON with keywords of JSON Schema",
    "PROTOBUF": "its first statement is Protobuf",
    "OPENAPI": "it has the key openapi or swagger",
    "ASYNCAPI": "it has the key asyncapi",
    "GRAPHQL": "a GraphQL document",
    "KCONNECT": "JSON as Kafka Connect writes it",
    "XSD": "its root element is a schema",
    "WSDL": "its root element is of WSDL",
    "XML": "XML of no other type",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing that is wrong at a line, or somewhere (0). `refuses` or is only told."""

    line: int
    column: int
    told: str
    context: str
    rule: str
    refuses: bool
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A rule in force and what it says; `verdict` is None where it was not asked."""

    rule: RuleInForce
    verdict: Verdict | None

    @property
    def refuses(self) -> bool:
        return self.verdict is not None and bool(self.verdict.causes)


@dataclass(frozen=True, slots=True)
class NeedSeen:
    """What the content refers to; `row` is the reference that would serve it, if one is found."""

    name: str
    line: int
    is_mapped: bool
    row: ReferenceRow | None


@dataclass(frozen=True, slots=True)
class Look:
    """`trouble` refuses apart from rules; `would_store` is what the button would come to.

    `would_exist` if the artifact is there already, so that it could only become a version of it.
    """

    place: str = ""
    has_id: bool = False
    is_version: bool = False
    would_exist: bool = False
    type_name: str = ""
    type_why: str = ""
    trouble: str = ""
    foretold: VersionPreview | None = None
    extracted: Extracted = field(default_factory=Extracted)
    suggested_id: str = ""
    rules: tuple[RuleSeen, ...] = ()
    marks: tuple[Mark, ...] = ()
    more_marks: int = 0
    needs: tuple[NeedSeen, ...] = ()

    @property
    def would_store(self) -> bool:
        return (
            not self.trouble
            and not self.would_exist
            and self.foretold is not None
            and self.foretold.refusal is None
        )

    @property
    def findable(self) -> list[NeedSeen]:
        return [each for each in self.needs if each.row is not None and not each.is_mapped]


def look_at(
    form: UploadForm, rows: list[ReferenceRow], asks: Caller, is_version: bool
) -> Look | None:
    """None for a form that is not valid: its fields say why."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    place = group_name(data["group"].strip() or None)
    if data["id"]:
        place = f"{place}/{data['id']}"
    try:
        new = new_version(form, rows, is_version)
    except RegistryError as error:
        marks = _marks_of_syntax(data["content"])
        return Look(place, is_version=is_version, trouble=str(error), marks=tuple(marks))
    seen = _seen(Look(place, is_version=is_version), new, asks)
    suggested = ""
    if not data["id"]:
        suggested = suggest_id(seen.type_name, new.content, file_name_of(form) or "artifact")
    why = "as the artifact has it" if is_version else _WHY.get(seen.type_name, "")
    why = "" if data["type"] else why
    return replace(seen, has_id=bool(data["id"]), suggested_id=suggested, type_why=why)


def _seen(look: Look, new: NewVersion, asks: Caller) -> Look:
    try:
        if look.is_version:
            require_artifact_owner(asks, new.group_id, new.artifact_id)
        look = replace(look, foretold=preview_version(new, look.is_version))
    except ArtifactAlreadyExists:
        look = _existing(look, new)
    except (RegistryError, AccessDenied) as error:
        look = replace(look, trouble=str(error))
    type_name = look.foretold.type_name if look.foretold else (new.type or _known_type(new))
    look = replace(look, type_name=type_name)
    return _with_details(look, new) if type_name else look


def _existing(look: Look, new: NewVersion) -> Look:
    """What it would be as the next version: the page offers that."""
    try:
        foretold = preview_version(replace(new, version=None), is_version=True)
    except RegistryError:
        return replace(look, would_exist=True)
    return replace(look, would_exist=True, foretold=foretold)


def _known_type(new: NewVersion) -> str:
    if not queries.artifact_exists(new.group_id, new.artifact_id):
        return ""
    return queries.artifact_type(new.group_id, new.artifact_id)


def _with_details(look: Look, new: NewVersion) -> Look:
    verdicts = look.foretold.verdicts if look.foretold else ()
    by_rule = {each.rule: each for each in verdicts}
    rules = list_rules_in_force(new.group_id, new.artifact_id, look.type_name)
    marks = list(_marks(verdicts, new.content))
    validity = by_rule.get("VALIDITY")
    if validity is None or (validity.level != "FULL" and not validity.causes):
        marks += _marks_of_no_rule(look.type_name, new)
    return replace(
        look,
        extracted=by_name(look.type_name).extract(new.content),
        rules=tuple(RuleSeen(each, by_rule.get(each.rule)) for each in rules),
        marks=tuple(marks[:_MOST_MARKS]),
        more_marks=max(0, len(marks) - _MOST_MARKS),
        needs=tuple(_needs(look.type_name, new)),
    )


def _needs(type_name: str, new: NewVersion) -> Iterator[NeedSeen]:
    mapped = {each.name for each in new.references}
    for each in required_references(type_name, new.content):
        name = reference_name(type_name, each)
        is_mapped = not mapped.isdisjoint(each.names)
        target = (
            None if is_mapped else find_reference_target(new.group_id, type_name, each.names, name)
        )
        yield NeedSeen(name, each.line, is_mapped, None if target is None else row_of(target))


def _marks(verdicts: Iterable[Verdict], content: bytes) -> Iterator[Mark]:
    lines = content.decode("utf-8-sig", "replace").split("\n")
    for verdict in verdicts:
        for refuses, causes in ((True, verdict.causes), (False, verdict.remarks)):
            for each in causes:
                yield Mark(
                    line=each.line,
                    column=each.column,
                    told=each.description,
                    context=each.context,
                    rule=verdict.rule,
                    refuses=refuses,
                    excerpt=_excerpt(lines, each.line),
                )


def _marks_of_no_rule(type_name: str, new: NewVersion) -> list[Mark]:
    """What VALIDITY would say in full where nobody asks that: told, for readers will meet it."""
    references = queries.referenced_contents(new.references)
    found = by_name(type_name).judging().violations(Document(new.content, references))
    return _told(found, new.content)


def _marks_of_syntax(content: bytes) -> list[Mark]:
    """Of a content whose type can't be told, since it is not even JSON or XML."""
    start = content.lstrip()[:1]
    if start in {b"{", b"[", b'"'}:
        read = read_json(content)
        return _told([read], content) if isinstance(read, Violation) else []
    if start == b"<":
        return _told(xml_violations(content), content)
    text = text_of(content)
    return _told([text], content) if isinstance(text, Violation) else []


def _told(violations: Iterable[Violation], content: bytes) -> list[Mark]:
    lines = content.decode("utf-8-sig", "replace").split("\n")
    return [
        Mark(
            each.line,
            each.column,
            f"{each.message.rstrip('.')}. {each.mend}".strip(),
            each.path,
            "",
            False,
            _excerpt(lines, each.line),
        )
        for each in violations
    ]


def _excerpt(lines: list[str], line: int) -> str:
    if not 0 < line <= len(lines):
        return ""
    text = lines[line - 1].strip()
    return text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
