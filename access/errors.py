"""Failures of authentication."""


class AuthenticationFailed(Exception):
    """The credentials are wrong (HTTP 401); the message has the reason."""


class IssuerUnavailable(Exception):
    """The issuer can't be reached, so credentials can't be checked (HTTP 503)."""
