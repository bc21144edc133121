"""Chooses which of two contents with the same content id the tables keep."""

from collections.abc import Callable

from journal.models import ContentView
from journal.wire.messages import MessageType

#: Written by nodes from 2.5.9 on only.
NEWER_TYPES = frozenset({MessageType.CONTENT_V2, MessageType.UPGRADER})


def choose_view(setting: str, has_newer_types: Callable[[], bool]) -> ContentView:
    """Return the view to build new tables with; `setting` is `auto` or a view's name.

    `has_newer_types` returns whether the topic has a record of NEWER_TYPES, or will begin with one.
    """
    for view in ContentView:
        if setting == view.label:
            return view
    return ContentView.LAST_WINS if has_newer_types() else ContentView.FIRST_WINS
