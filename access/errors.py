"""Why a caller could not be authenticated."""


class AuthenticationFailed(Exception):
    """The credentials are wrong, for the reason in the message (HTTP 401)."""


class IssuerUnavailable(Exception):
    """The issuer that could check the credentials can't be reached (HTTP 503)."""
