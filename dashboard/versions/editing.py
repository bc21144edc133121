"""Changes of a version: metadata, state and owner, its artifact's rules, its comments."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.writers import get_writer
from dashboard.frame.pages import with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.versions.page import VersionPage, load_version_page, render_tab
from dashboard.versions.rule_cards import parse_rule_choice, rule_cards
from journal import commands
from journal.commands import Writer
from journal.wire.messages import MetaData
from registry import queries
from registry.admission.impact import artifact_rule_impact
from registry.admission.rules import list_rules_in_force
from registry.errors import InvalidContent, RegistryError
from registry.models import RuleType, State
from registry.queries import VersionMeta

_MAX_COMMENT = 1024


class EditForm(forms.Form):
    """Labels are separated by commas; properties are lines of name=value."""

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
    state = forms.ChoiceField(choices=[(state, state.lower()) for state in State.values])
    owner = forms.CharField(
        required=False, max_length=256, widget=forms.TextInput({"data-testid": "form-new-owner"})
    )

    def clean_labels(self) -> list[str]:
        labels = str(self.cleaned_data["labels"]).replace("\n", ",").split(",")
        return list(dict.fromkeys(label.strip() for label in labels if label.strip()))

    def clean_properties(self) -> dict[str, str | None]:
        properties: dict[str, str | None] = {}
        for line in str(self.cleaned_data["properties"]).splitlines():
            name, equals, value = line.partition("=")
            if not line.strip():
                continue
            if not name.strip() or not equals:
                raise forms.ValidationError(f"A line is name=value; this is none: {line[:80]}")
            properties[name.strip()] = value.strip()
        return properties


def edit_form(meta: VersionMeta) -> EditForm:
    """Return a form with the version's present values."""
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
    """Show the form, or publish the changed values."""
    writer = get_writer(request)
    writer.require_artifact(group_id, artifact_id)
    page = load_version_page(group_id, artifact_id, version)
    if request.method != "POST":
        return _edit_page(request, page, edit_form(page.meta))
    form = EditForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, page, form, 400)
    try:
        changes = _apply_changes(writer, page.meta, form.cleaned_data)
    except RegistryError as error:
        form.add_error(None, str(error))
        return _edit_page(request, page, form, 409)
    if changes:
        add_toast(request, f"Saved {' and '.join(changes)} of version {page.meta.version}.")
    return redirect("version", *page.url_args)


def _apply_changes(writer: Writer, meta: VersionMeta, data: dict[str, Any]) -> list[str]:
    """Publish the changed values; return the changes in words."""
    changes = []
    version = meta.group_id, meta.artifact_id, meta.version
    present = MetaData(
        name=meta.name or None,
        description=meta.description or None,
        labels=meta.labels or None,
        properties=meta.properties or None,
    )
    edited = MetaData(
        name=data["name"] or None,
        description=data["description"] or None,
        labels=tuple(data["labels"]) or None,
        properties=data["properties"] or None,
    )
    # The metadata of a disabled version can't be changed, so it is enabled first.
    is_enabled_first = meta.state == State.DISABLED and data["state"] != State.DISABLED
    if is_enabled_first:
        commands.update_state(writer, *version, data["state"])
    if edited != present:
        commands.update_meta_data(writer, *version, edited)
        changes.append("metadata")
    if not is_enabled_first:
        commands.update_state(writer, *version, data["state"])
    if data["state"] != meta.state:
        changes.append(f"state {data['state'].lower()}")
    if data["owner"] and data["owner"] != meta.artifact_created_by:
        commands.update_owner(writer, meta.group_id, meta.artifact_id, data["owner"])
        changes.append(f"owner {data['owner']}")
    return changes


def _edit_page(
    request: HttpRequest, page: VersionPage, form: EditForm, status: int = 200
) -> HttpResponse:
    return render_tab(
        request, page, "version", {"form": form}, template="version_edit", status=status
    )


@require_safe
@with_error_page("Error loading rules.")
def rules(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Show the rules; `rule` and `level` in the address preview a level's impact."""
    page = load_version_page(group_id, artifact_id, version)
    effective = list_rules_in_force(group_id, artifact_id, page.meta.type)
    own, _ = queries.rule_configurations(group_id, artifact_id)
    choice = parse_rule_choice(request.GET.dict())
    in_force = {rule.rule: (rule.level, rule.source) for rule in effective}
    in_force |= {rule: ("NONE", "artifact") for rule, level in own.items() if level == "NONE"}
    idle = frozenset(rule.rule for rule in effective if rule.does_nothing)
    impact = None
    if choice is not None:
        impact = artifact_rule_impact(group_id, artifact_id, choice.rule, choice.level)
    context = {
        "cards": rule_cards(in_force, own, choice, idle),
        "choice": choice,
        "impact": impact,
    }
    return render_tab(request, page, "version-rules", context)


@require_POST
@with_error_page("Error setting a rule.")
def set_rule(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Set `rule` to `level`; without a level, remove the artifact's own rule."""
    artifact = group_id, artifact_id
    choice = parse_rule_choice(request.POST.dict())
    own = queries.artifact_rules(*artifact)
    if choice is not None:
        is_own = choice.rule in own
        write_rule = commands.update_artifact_rule if is_own else commands.create_artifact_rule
        write_rule(get_writer(request), *artifact, RuleType(choice.rule), choice.level)
        add_toast(request, f"Set {choice.rule.lower()} to {choice.level} for this artifact.")
    elif (rule := request.POST.get("rule", "")) in RuleType.values and rule in own:
        commands.delete_artifact_rule(get_writer(request), *artifact, RuleType(rule))
        add_toast(request, f"Took away this artifact’s own {rule.lower()} rule.")
    return redirect("version-rules", group_id, artifact_id, version)


@require_safe
@with_error_page("Error loading comments.")
def comments(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    return _comments_page(request, load_version_page(group_id, artifact_id, version))


@require_POST
@with_error_page("Error adding a comment.")
def add_comment(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    page = load_version_page(group_id, artifact_id, version)
    text = request.POST.get("value", "").strip()
    try:
        commands.create_comment(get_writer(request), group_id, artifact_id, page.meta.version, text)
    except InvalidContent as error:
        return _comments_page(request, page, text=text, wrong=str(error), status=400)
    add_toast(request, f"Commented on version {page.meta.version}.")
    return redirect("version-comments", *page.url_args)


@require_POST
@with_error_page("Error deleting a comment.")
def delete_comment(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str, comment_id: str
) -> HttpResponse:
    page = load_version_page(group_id, artifact_id, version)
    commands.delete_comment(
        get_writer(request), group_id, artifact_id, page.meta.version, comment_id
    )
    add_toast(request, "Deleted the comment.")
    return redirect("version-comments", *page.url_args)


def _comments_page(
    request: HttpRequest, page: VersionPage, *, status: int = 200, **context: Any
) -> HttpResponse:
    meta = page.meta
    comments = queries.comments(meta.group_id, meta.artifact_id, meta.version)
    defaults = {"comments": comments, "max_length": _MAX_COMMENT}
    return render_tab(request, page, "version-comments", {**defaults, **context}, status=status)
