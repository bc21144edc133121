"""Failures of authentication."""


class AuthenticationFailed(Exception):
    """The credentials are wrong (HTTP 401); the message has the reason.

    `delay_s`: seconds for which the answer is held back, after many failures.
    """

    delay_s = 0.0


class CredentialsUnchecked(Exception):
    """Too many credentials wait to be checked, or the client of these has gone (HTTP 503).

    `delay_s`: seconds for which the answer is held back, since many try again at once.
    """

    delay_s = 5.0


class IssuerUnavailable(Exception):
    """The issuer can't be reached, so credentials can't be checked (HTTP 503)."""
