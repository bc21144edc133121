"""Reasons for not applying a topic, until an operator decides; codes are stored."""


class AheadOfJournal(Exception):
    """The tables come from records missing on the topic: it was truncated or replaced."""

    code = "ahead-of-journal"


class TopicReplaced(Exception):
    """The topic was deleted and made again since the tables were derived from it."""

    code = "topic-replaced"
