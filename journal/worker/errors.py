"""Why a topic is not applied to the tables, until an operator decides; codes are stored."""


class AheadOfJournal(Exception):
    """The tables know records that the topic does not have: it was truncated or replaced."""

    code = "ahead-of-journal"


class TopicReplaced(Exception):
    """The topic was deleted and made again since the tables were derived from it."""

    code = "topic-replaced"
