"""The incident, played on a scratch topic, act by act, for whoever looks."""

import logging
import threading
import time
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dashboard.frame.pages import render_page
from journal.kafka.errors import BrokerError
from journal.reproducer.acts import Act, reenact

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Played:
    """What has been played so far; `began` is in epoch ms, `failure` why it ended early."""

    has_nonce: bool
    began: int
    acts: tuple[Act, ...] = ()
    is_over: bool = False
    failure: str = ""


class Stage:
    """`played` is the present or the last one, None before the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.played: Played | None = None

    def play(self, has_nonce: bool) -> bool:
        """False while another one is played; returns at once."""
        with self._lock:
            if self.played is not None and not self.played.is_over:
                return False
            self.played = Played(has_nonce, int(time.time() * 1000))
        threading.Thread(target=self._run, args=(has_nonce,), name="stage", daemon=True).start()
        return True

    def _run(self, has_nonce: bool) -> None:
        failure = ""
        try:
            for act in reenact(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC, has_nonce):
                self._show(act)
        except BrokerError as error:
            failure = str(error)
        except Exception as error:
            log.exception("The re-enactment ended early")
            failure = repr(error)
        finally:
            connections.close_all()
            self._end(failure)

    def _show(self, act: Act) -> None:
        with self._lock:
            assert self.played is not None
            self.played = replace(self.played, acts=(*self.played.acts, act))

    def _end(self, failure: str) -> None:
        with self._lock:
            assert self.played is not None
            self.played = replace(self.played, is_over=True, failure=failure)


stage = Stage()


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """POST with `keys` of `alike` or `nonce` begins; one is played at a time."""
    if request.method == "POST":
        stage.play(has_nonce=request.POST.get("keys") == "nonce")
        return redirect("reenactment")
    return render_page(request, "reenactment", {"played": stage.played})
