"""What is done to the artifacts that were selected in the list: each alone, and told exactly."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from access.caller import AccessDenied
from access.middleware import get_caller
from access.ownership import require_artifact_owner
from dashboard.artifacts.file_names import file_names
from dashboard.frame.converters import artifact_key, group_name, group_of
from dashboard.frame.pages import page, render_page
from dashboard.frame.toasts import tell
from journal import commands
from journal.outcomes.errors import NoOutcome
from journal.wire.messages import MetaData
from registry import queries
from registry.archives.writing import zip_chunks
from registry.errors import InvalidContent, RegistryError
from registry.models import State
from registry.queries import VersionMeta

_MOST = 500
_LONGEST_LABEL = 256
_Place = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class _Act:
    """`done` is how a page tells it; `do` says whether there was anything to do."""

    done: str
    do: Callable[[VersionMeta], bool]


@dataclass(slots=True)
class _Tally:
    done: int = 0
    unchanged: int = 0

    def words(self, act: _Act) -> str:
        told = f"{act.done} {_artifacts(self.done)}."
        return f"{told} {self.unchanged:,} had no need of it." if self.unchanged else told


@require_POST
@page("Error changing the selected artifacts.")
def act(request: HttpRequest) -> HttpResponse:
    """`act` is state, label, unlabel or delete; a deletion asks first."""
    places, back = _places(request.POST), _back(request.POST)
    asked = request.POST.get("act", "")
    if not places:
        tell(request, "Nothing was selected.", bad=True)
        return redirect(back)
    if asked == "delete" and "confirmed" not in request.POST:
        return _ask(request, places, back)
    chosen = _chosen(asked, request.POST)
    if isinstance(chosen, str):
        tell(request, chosen, bad=True)
        return redirect(back)
    tally, refused = _Tally(), []
    for place, reason in _refusals(request, places, chosen, tally):
        refused.append((_named(place), reason))
    if not refused:
        tell(request, tally.words(chosen))
        return redirect(back)
    context = {"tally": tally, "done": tally.words(chosen), "refused": refused, "back": back}
    return render_page(request, "selected", context, 200 if tally.done else 409)


def _refusals(
    request: HttpRequest, places: Sequence[_Place], chosen: _Act, tally: _Tally
) -> Iterator[tuple[_Place, str]]:
    """Those that were left as they were, and why. Nothing is tried after the node fell silent."""
    silence = ""
    for place in places:
        if silence:
            yield place, "Not tried, since the one before it was not answered."
            continue
        try:
            require_artifact_owner(get_caller(request), *place)
            is_done = chosen.do(queries.version_meta_of_any_state(*place))
        except NoOutcome as error:
            silence = str(error)
            yield place, silence
        except (RegistryError, AccessDenied) as error:
            yield place, str(error)
        else:
            tally.done += is_done
            tally.unchanged += not is_done


def _chosen(asked: str, form: QueryDict) -> _Act | str:
    """Or what is wrong with what was asked."""
    if asked == "delete":
        return _Act("Deleted", _delete)
    if asked == "state":
        state = form.get("state", "")
        if state not in State.values:
            return f"{state[:40]!r} is no state."
        return _Act(f"Set the state {state.lower()} of", lambda meta: _set_state(meta, state))
    label = form.get("label", "").strip()
    if asked not in {"label", "unlabel"}:
        return "Say what to do with the selected artifacts."
    if not label or len(label) > _LONGEST_LABEL or not label.isprintable():
        return f"Write the label beside the button: 1 to {_LONGEST_LABEL} characters."
    if asked == "label":
        return _Act(f"Added the label “{label}” to", lambda meta: _label(meta, label))
    return _Act(f"Removed the label “{label}” from", lambda meta: _unlabel(meta, label))


def _delete(meta: VersionMeta) -> bool:
    commands.delete_artifact(meta.group_id, meta.artifact_id)
    return True


def _set_state(meta: VersionMeta, state: str) -> bool:
    commands.update_state(meta.group_id, meta.artifact_id, meta.version, state)
    return meta.state != state


def _label(meta: VersionMeta, label: str) -> bool:
    if label in meta.labels:
        return False
    return _set_labels(meta, (*meta.labels, label))


def _unlabel(meta: VersionMeta, label: str) -> bool:
    if label not in meta.labels:
        return False
    return _set_labels(meta, tuple(each for each in meta.labels if each != label))


def _set_labels(meta: VersionMeta, labels: tuple[str, ...]) -> bool:
    told = MetaData(
        name=meta.name,
        description=meta.description,
        labels=labels or None,
        properties=meta.properties or None,
    )
    commands.update_meta_data(meta.group_id, meta.artifact_id, meta.version, told)
    return True


def _ask(request: HttpRequest, places: Sequence[_Place], back: str) -> HttpResponse:
    """What a deletion takes with it, and what it can't take."""
    going, staying = [], []
    for place in places:
        try:
            require_artifact_owner(get_caller(request), *place)
            meta = queries.version_meta_of_any_state(*place)
        except (RegistryError, AccessDenied) as error:
            staying.append((_named(place), str(error)))
        else:
            versions = queries.versions(*place, limit=1).count
            going.append((_named(place), artifact_key(*place), meta, versions))
    context = {
        "going": going,
        "staying": staying,
        "versions": sum(each[3] for each in going),
        "back": back,
        "back_query": request.POST.get("back", ""),
    }
    return render_page(request, "delete_selected", context)


@require_POST
@page("Error downloading the selected artifacts.")
def download(request: HttpRequest) -> HttpResponseBase:
    """A zip of the latest contents, no two of a name."""
    places = _places(request.POST)
    if not places:
        tell(request, "Nothing was selected.", bad=True)
        return redirect(_back(request.POST))
    metas = [queries.version_meta_of_any_state(*place) for place in places]
    answer = StreamingHttpResponse(zip_chunks(_entries(metas)), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="artifacts.zip"'
    return answer


def _entries(metas: Sequence[VersionMeta]) -> Iterator[tuple[str, bytes]]:
    """One content at a time; what was deleted meanwhile is told by a text in its place."""
    for meta, name in zip(metas, file_names(metas), strict=True):
        try:
            yield name, queries.content_by_global_id(meta.global_id).content
        except RegistryError as error:
            yield f"{name}.missing.txt", f"{error}\n".encode()


def _places(form: QueryDict) -> list[_Place]:
    """Raises InvalidContent for what no list has."""
    given = list(dict.fromkeys(form.getlist("select")))
    if len(given) > _MOST:
        raise InvalidContent(f"At most {_MOST} artifacts are taken at once.")
    pairs = [each.partition("/") for each in given]
    if not all(group and sign and artifact for group, sign, artifact in pairs):
        raise InvalidContent("The form names an artifact that can't be.")
    return [(group_of(unquote(group)), unquote(artifact)) for group, _, artifact in pairs]


def _named(place: _Place) -> str:
    return f"{group_name(place[0])}/{place[1]}"


def _artifacts(count: int) -> str:
    return f"{count:,} artifact{'' if count == 1 else 's'}"


def _back(form: QueryDict) -> str:
    """The list as it was; whatever the form says, it is the list's own address."""
    query = QueryDict(form.get("back", "")[:2000]).urlencode()
    return reverse("artifacts") + (f"?{query}" if query else "")
