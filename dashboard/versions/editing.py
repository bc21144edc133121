"""What is changed at a version: metadata, state and owner, its artifact's rules, its comments."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.middleware import get_caller
from access.ownership import require_artifact_owner
from dashboard.frame.pages import with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.versions.page import Frame, artifact_page, frame_of
from dashboard.versions.rule_cards import asked_of, cards
from journal import commands
from journal.wire.messages import MetaData
from registry import queries
from registry.admission.impact import artifact_rule_impact
from registry.admission.rules import list_rules_in_force
from registry.errors import InvalidContent, RegistryError
from registry.models import RuleType, State
from registry.queries import VersionMeta

_LONGEST_COMMENT = 1024


class EditForm(forms.Form):
    """Labels stand between commas; properties are lines of name=value."""

    name = forms.CharField(
        required=False, max_length=512, widget=forms.TextInput({"data-testid": "form-name"})
    )
    description = forms.CharField(
        required=False,
        max_length=1024,
        widget=forms.Textarea({"rows": 2, "data-testid": "form-description"}),
    )
    labels = forms.CharField(required=False, widget=forms.TextInput({"data-testid": "form-labels"}))
    properties = forms.CharField(
        required=False, widget=forms.Textarea({"rows": 3, "spellcheck": "false"})
    )
    state = forms.ChoiceField(choices=[(each, each.lower()) for each in State.values])
    owner = forms.CharField(
        required=False, max_length=256, widget=forms.TextInput({"data-testid": "form-new-owner"})
    )

    def clean_labels(self) -> list[str]:
        given = str(self.cleaned_data["labels"]).replace("\n", ",").split(",")
        return list(dict.fromkeys(each.strip() for each in given if each.strip()))

    def clean_properties(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for line in str(self.cleaned_data["properties"]).splitlines():
            name, sign, value = line.partition("=")
            if not line.strip():
                continue
            if not name.strip() or not sign:
                raise forms.ValidationError(f"A line is name=value; this is none: {line[:80]}")
            found[name.strip()] = value.strip()
        return found


def edit_form(meta: VersionMeta) -> EditForm:
    """Filled with what the version says now."""
    lines = [f"{name}={value or ''}" for name, value in meta.properties.items()]
    return EditForm(
        initial={
            "name": meta.name or "",
            "description": meta.description or "",
            "labels": ", ".join(meta.labels),
            "properties": "\n".join(lines),
            "state": meta.state,
            "owner": meta.artifact_created_by,
        }
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error editing artifact.")
def edit(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Says only what differs from what is there."""
    require_artifact_owner(get_caller(request), group_id, artifact_id)
    frame = frame_of(group_id, artifact_id, version)
    if request.method != "POST":
        return _edit_page(request, frame, edit_form(frame.meta))
    form = EditForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, frame, form, 400)
    try:
        said = _say(frame.meta, form.cleaned_data)
    except RegistryError as error:
        form.add_error(None, str(error))
        return _edit_page(request, frame, form, 409)
    if said:
        add_toast(request, f"Saved {' and '.join(said)} of version {frame.meta.version}.")
    return redirect("version", *frame.place)


def _say(meta: VersionMeta, data: dict[str, Any]) -> list[str]:
    """What was changed, in words."""
    said = []
    place = meta.group_id, meta.artifact_id, meta.version
    wanted = MetaData(
        name=data["name"] or None,
        description=data["description"] or None,
        labels=tuple(data["labels"]) or None,
        properties=data["properties"] or None,
    )
    is_enabled_first = meta.state == State.DISABLED and data["state"] != State.DISABLED
    if is_enabled_first:
        commands.update_state(*place, data["state"])
    if wanted != _told(meta):
        commands.update_meta_data(*place, wanted)
        said.append("metadata")
    if not is_enabled_first:
        commands.update_state(*place, data["state"])
    if data["state"] != meta.state:
        said.append(f"state {data['state'].lower()}")
    if data["owner"] and data["owner"] != meta.artifact_created_by:
        commands.update_owner(meta.group_id, meta.artifact_id, data["owner"])
        said.append(f"owner {data['owner']}")
    return said


def _told(meta: VersionMeta) -> MetaData:
    return MetaData(
        name=meta.name or None,
        description=meta.description or None,
        labels=meta.labels or None,
        properties=meta.properties or None,
    )


def _edit_page(
    request: HttpRequest, frame: Frame, form: EditForm, status: int = 200
) -> HttpResponse:
    return artifact_page(
        request, frame, "version", {"form": form}, template="version_edit", status=status
    )


@require_safe
@with_error_page("Error loading rules.")
def rules(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """`rule` and `level` in the address ask what that level would break."""
    frame = frame_of(group_id, artifact_id, version)
    told = list_rules_in_force(group_id, artifact_id, frame.meta.type)
    own, _ = queries.rule_configurations(group_id, artifact_id)
    asked = asked_of(request.GET.dict())
    in_force = {each.rule: (each.level, each.source) for each in told}
    in_force |= {rule: ("NONE", "artifact") for rule, level in own.items() if level == "NONE"}
    context = {
        "cards": cards(
            in_force, own, asked, frozenset(each.rule for each in told if each.does_nothing)
        ),
        "asked": asked,
        "foreseen": artifact_rule_impact(group_id, artifact_id, asked.rule, asked.level)
        if asked
        else None,
    }
    return artifact_page(request, frame, "version-rules", context)


@require_POST
@with_error_page("Error setting a rule.")
def set_rule(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """`rule` and `level`; without a level the artifact's own rule is taken away."""
    require_artifact_owner(get_caller(request), group_id, artifact_id)
    place = group_id, artifact_id
    asked = asked_of(request.POST.dict())
    if asked is None:
        rule = request.POST.get("rule", "")
        if rule in RuleType.values and rule in queries.artifact_rules(*place):
            commands.delete_artifact_rule(*place, RuleType(rule))
            add_toast(request, f"Took away this artifact’s own {rule.lower()} rule.")
    else:
        is_there = asked.rule in queries.artifact_rules(*place)
        say = commands.update_artifact_rule if is_there else commands.create_artifact_rule
        say(*place, RuleType(asked.rule), asked.level)
        add_toast(request, f"Set {asked.rule.lower()} to {asked.level} for this artifact.")
    return redirect("version-rules", group_id, artifact_id, version)


@require_safe
@with_error_page("Error loading comments.")
def comments(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    return _comments_page(request, frame_of(group_id, artifact_id, version))


@require_POST
@with_error_page("Error adding a comment.")
def add_comment(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    frame = frame_of(group_id, artifact_id, version)
    text = request.POST.get("value", "").strip()
    try:
        name = get_caller(request).name
        commands.create_comment(group_id, artifact_id, frame.meta.version, text, name)
    except InvalidContent as error:
        return _comments_page(request, frame, text=text, wrong=str(error), status=400)
    add_toast(request, f"Commented on version {frame.meta.version}.")
    return redirect("version-comments", *frame.place)


@require_POST
@with_error_page("Error deleting a comment.")
def delete_comment(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str, comment_id: str
) -> HttpResponse:
    frame = frame_of(group_id, artifact_id, version)
    commands.delete_comment(group_id, artifact_id, frame.meta.version, comment_id)
    add_toast(request, "Deleted the comment.")
    return redirect("version-comments", *frame.place)


def _comments_page(
    request: HttpRequest, frame: Frame, *, status: int = 200, **context: Any
) -> HttpResponse:
    meta = frame.meta
    found = queries.comments(meta.group_id, meta.artifact_id, meta.version)
    shown = {"comments": found, "longest": _LONGEST_COMMENT}
    return artifact_page(request, frame, "version-comments", {**shown, **context}, status=status)
