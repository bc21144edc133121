"""Actions on the artifacts selected in the list; each artifact succeeds or fails alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from access.writers import get_writer
from dashboard.artifacts.file_names import file_names
from dashboard.frame.converters import artifact_key, group_name, parse_group
from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from journal import commands
from journal.commands import Writer
from journal.outcomes.errors import NoOutcome
from journal.wire.messages import MetaData
from registry import queries
from registry.archives.zip_writer import zip_chunks
from registry.errors import InvalidContent, RegistryError
from registry.models import State
from registry.queries import VersionMeta

_MAX_SELECTED = 500
_MAX_LABEL = 256
_ArtifactId = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class _Action:
    """A change of one artifact; `done` begins the sentence about it.

    `apply` returns False if it changes nothing.
    """

    done: str
    apply: Callable[[VersionMeta], bool | None]


@dataclass(slots=True)
class _Summary:
    done: int = 0
    unchanged: int = 0

    def words(self, action: _Action) -> str:
        words = f"{action.done} {self.done:,} artifact{'' if self.done == 1 else 's'}."
        return f"{words} {self.unchanged:,} had no need of it." if self.unchanged else words


@require_POST
@with_error_page("Error changing the selected artifacts.")
def change(request: HttpRequest) -> HttpResponse:
    """Apply `act`: state, label, unlabel or delete; a deletion is confirmed first."""
    artifacts, back = _selected(request.POST), _list_address(request.POST)
    name = request.POST.get("act", "")
    if not artifacts:
        add_toast(request, "Nothing was selected.", bad=True)
        return redirect(back)
    if name == "delete" and "confirmed" not in request.POST:
        return _confirm_deletion(request, artifacts, back)
    action = _parse_action(get_writer(request), name, request.POST)
    if isinstance(action, str):
        add_toast(request, action, bad=True)
        return redirect(back)
    summary, rejected, no_outcome = _Summary(), [], ""
    for artifact in artifacts:
        if no_outcome:
            reason = "Not tried, since the one before it was not answered."
            rejected.append((_display_name(artifact), reason))
            continue
        try:
            has_changed = action.apply(queries.version_meta_of_any_state(*artifact)) is not False
        except (RegistryError, NoOutcome) as error:
            no_outcome = str(error) if isinstance(error, NoOutcome) else ""
            rejected.append((_display_name(artifact), str(error)))
        else:
            summary.done += has_changed
            summary.unchanged += not has_changed
    if not rejected:
        add_toast(request, summary.words(action))
        return redirect(back)
    context = {
        "summary": summary,
        "done": summary.words(action),
        "rejected": rejected,
        "back": back,
    }
    return render_page(request, "bulk_action_result", context, 200 if summary.done else 409)


def _parse_action(writer: Writer, name: str, form: QueryDict) -> _Action | str:
    """Return the action, or the fault of the form."""
    state, label = form.get("state", ""), form.get("label", "").strip()

    def set_state(meta: VersionMeta) -> bool:
        commands.update_state(writer, meta.group_id, meta.artifact_id, meta.version, state)
        return meta.state != state

    def add_label(meta: VersionMeta) -> bool:
        return label not in meta.labels and _set_labels(writer, meta, (*meta.labels, label))

    def remove_label(meta: VersionMeta) -> bool:
        remaining = tuple(existing for existing in meta.labels if existing != label)
        return label in meta.labels and _set_labels(writer, meta, remaining)

    if name == "delete":
        return _Action(
            "Deleted",
            lambda meta: commands.delete_artifact(writer, meta.group_id, meta.artifact_id),
        )
    if name == "state":
        if state not in State.values:
            return f"{state[:40]!r} is no state."
        return _Action(f"Set the state {state.lower()} of", set_state)
    if name not in {"label", "unlabel"}:
        return "Say what to do with the selected artifacts."
    if not label or len(label) > _MAX_LABEL or not label.isprintable():
        return f"Write the label beside the button: 1 to {_MAX_LABEL} characters."
    if name == "label":
        return _Action(f"Added the label “{label}” to", add_label)
    return _Action(f"Removed the label “{label}” from", remove_label)


def _set_labels(writer: Writer, meta: VersionMeta, labels: tuple[str, ...]) -> bool:
    meta_data = MetaData(
        name=meta.name,
        description=meta.description,
        labels=labels or None,
        properties=meta.properties or None,
    )
    commands.update_meta_data(writer, meta.group_id, meta.artifact_id, meta.version, meta_data)
    return True


def _confirm_deletion(
    request: HttpRequest, artifacts: Sequence[_ArtifactId], back: str
) -> HttpResponse:
    """Ask for confirmation; lists the deletable artifacts and the rejected ones."""
    writer, deletable, rejected = get_writer(request), [], []
    for artifact in artifacts:
        try:
            writer.require_artifact(*artifact)
            meta = queries.version_meta_of_any_state(*artifact)
        except RegistryError as error:
            rejected.append((_display_name(artifact), str(error)))
        else:
            versions = queries.versions(*artifact, limit=1).count
            deletable.append((_display_name(artifact), artifact_key(*artifact), meta, versions))
    context = {
        "deletable": deletable,
        "rejected": rejected,
        "versions": sum(versions for *_, versions in deletable),
        "back": back,
        "back_query": request.POST.get("back", ""),
    }
    return render_page(request, "bulk_delete", context)


@require_POST
@with_error_page("Error downloading the selected artifacts.")
def download(request: HttpRequest) -> HttpResponseBase:
    """Send a zip of the latest contents."""
    artifacts = _selected(request.POST)
    if not artifacts:
        add_toast(request, "Nothing was selected.", bad=True)
        return redirect(_list_address(request.POST))
    metas = [queries.version_meta_of_any_state(*artifact) for artifact in artifacts]

    def entries() -> Iterator[tuple[str, bytes]]:
        # One content in memory at a time; it may have been deleted meanwhile.
        for meta, name in zip(metas, file_names(metas), strict=True):
            try:
                yield name, queries.content_by_global_id(meta.global_id).content
            except RegistryError as error:
                yield f"{name}.missing.txt", f"{error}\n".encode()

    disposition = {"Content-Disposition": 'attachment; filename="artifacts.zip"'}
    return StreamingHttpResponse(
        zip_chunks(entries()), content_type="application/zip", headers=disposition
    )


def _selected(form: QueryDict) -> list[_ArtifactId]:
    """Parse the selected artifacts; raises InvalidContent."""
    keys = list(dict.fromkeys(form.getlist("select")))
    if len(keys) > _MAX_SELECTED:
        raise InvalidContent(f"At most {_MAX_SELECTED} artifacts are taken at once.")
    parts = [key.partition("/") for key in keys]
    if not all(group and slash and artifact for group, slash, artifact in parts):
        raise InvalidContent("The form names an artifact that can't be.")
    return [(parse_group(unquote(group)), unquote(artifact)) for group, _, artifact in parts]


def _display_name(artifact: _ArtifactId) -> str:
    return f"{group_name(artifact[0])}/{artifact[1]}"


def _list_address(form: QueryDict) -> str:
    """Return the previous address of the list; the form provides only the query."""
    query = QueryDict(form.get("back", "")[:2000]).urlencode()
    return reverse("artifacts") + (f"?{query}" if query else "")
