"""Which node's eyes the tables are seen with where a content id was used twice."""

from collections.abc import Callable

from journal.models import ContentView
from journal.wire.messages import MessageType

#: What only nodes from 2.5.9 on write.
NEWER_TYPES = frozenset({MessageType.CONTENT_V2, MessageType.UPGRADER})


def choose_view(setting: str, holds_newer_types: Callable[[], bool]) -> ContentView:
    """What new tables are built as; `setting` is `auto` or a view's name.

    `holds_newer_types` tells whether a record of NEWER_TYPES lies below the topic's present end, or
    will be the first on an empty one.
    """
    for view in ContentView:
        if setting == view.label:
            return view
    return ContentView.LAST_WINS if holds_newer_types() else ContentView.FIRST_WINS
