"""What the next page tells of what was just done: kept in a signed cookie, shown as a toast."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest


class ToldStorage(CookieStorage):
    """Under a name of its own: another application may stand at the same host."""

    cookie_name = "annals_told"


@dataclass(frozen=True, slots=True)
class Told:
    words: str
    is_bad: bool


def tell(request: HttpRequest, words: str, *, bad: bool = False) -> None:
    """The next page that is shown says so, whichever it is; for a sentence or two.

    Call it where a page is left by a redirect: `bad` for what was refused.
    """
    messages.add_message(request, messages.ERROR if bad else messages.SUCCESS, words)


def told(request: HttpRequest) -> tuple[Told, ...]:
    """What is to be shown, once; a script that fetches a page takes it from nobody."""
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return ()
    return tuple(
        Told(str(each), each.level >= messages.ERROR) for each in messages.get_messages(request)
    )
