"""What can be wrong with what somebody shows to prove who they are."""


class NotProven(Exception):
    """It proves nothing; the text says why (HTTP 401)."""


class CannotAsk(Exception):
    """Who could tell can't be asked at present; the text says who (HTTP 503)."""
