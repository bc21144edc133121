"""Django's settings, from environment variables; docs/settings.md describes each of them."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from node.config.access import access_configuration, is_declared_open, switches
from node.config.databases import databases
from node.config.env import (
    env_bool,
    env_choice,
    env_finding_codes,
    env_level,
    env_limit,
    env_list,
    env_number,
    env_public_url,
    env_secret,
    env_str,
    env_tokens,
    env_urls,
    kafka_properties,
)
from node.config.home import Home
from registry.limits import Limits

BASE_DIR = Path(__file__).resolve().parent.parent

ANNALS_HOME = Home(Path(env_str("ANNALS_HOME", str(BASE_DIR / "var"))))
ANNALS_HTTP_HOST = env_str("ANNALS_HTTP_HOST", "127.0.0.1")
ANNALS_HTTP_PORT = int(env_number("ANNALS_HTTP_PORT", 8080))
ANNALS_MAX_CONNECTIONS = int(env_number("ANNALS_MAX_CONNECTIONS", 4096, least=8))
# Where people find the node, if a proxy stands before it; its path stands before all paths.
ANNALS_PUBLIC_URL = env_public_url("ANNALS_PUBLIC_URL")
ANNALS_PREFIX = ANNALS_PUBLIC_URL.path if ANNALS_PUBLIC_URL is not None else ""
ANNALS_PROXIES = env_str("ANNALS_PROXIES", "127.0.0.1")
ANNALS_DATE_FORMAT = env_choice("ANNALS_DATE_FORMAT", ("legacy", "iso"))
ANNALS_ACCESS = access_configuration()
ANNALS_IS_OPEN = is_declared_open()
# Defaults of what administrators switch while the node runs.
ANNALS_SWITCHES = switches()
# Where neither an artifact nor a global rule says another level.
ANNALS_RULES = {
    "VALIDITY": env_level("ANNALS_RULE_VALIDITY", "VALIDITY"),
    "INTEGRITY": env_level("ANNALS_RULE_INTEGRITY", "INTEGRITY"),
    "COMPATIBILITY": env_level("ANNALS_RULE_COMPATIBILITY", "COMPATIBILITY"),
}
ANNALS_BACKUPS = env_str("ANNALS_BACKUPS", str(ANNALS_HOME.backup))
ANNALS_BACKUP_DAYS = env_number("ANNALS_BACKUP_DAYS", 0, least=0)
# Hosts, with their port if it is not the usual one, from which contents may be fetched.
ANNALS_FETCH_HOSTS = frozenset(env_tokens("ANNALS_FETCH_HOSTS"))
ANNALS_PEERS = env_urls("ANNALS_PEERS")
ANNALS_PEER_CREDENTIALS = env_secret("ANNALS_PEER_CREDENTIALS")
ANNALS_REFUSE_WRITES_ON = env_finding_codes("ANNALS_REFUSE_WRITES_ON", "J17")
ANNALS_LIMIT_CONTENT_BYTES = int(env_number("ANNALS_LIMIT_CONTENT_BYTES", 10 * 1024 * 1024))
ANNALS_LIMIT_DUMP_BYTES = int(env_number("ANNALS_LIMIT_DUMP_BYTES", 1024 * 1024 * 1024))

# Of what is stored, and of requests to the APIs; -1 is no limit.
ANNALS_LIMITS = Limits(
    total_schemas_count=env_limit("ANNALS_MAX_TOTAL_SCHEMAS"),
    schema_size_bytes=env_limit("ANNALS_MAX_SCHEMA_SIZE_BYTES"),
    artifacts_count=env_limit("ANNALS_MAX_ARTIFACTS"),
    versions_per_artifact_count=env_limit("ANNALS_MAX_VERSIONS_PER_ARTIFACT"),
    artifact_properties_count=env_limit("ANNALS_MAX_PROPERTIES"),
    property_key_size_bytes=env_limit("ANNALS_MAX_PROPERTY_KEY_SIZE_BYTES"),
    property_value_size_bytes=env_limit("ANNALS_MAX_PROPERTY_VALUE_SIZE_BYTES"),
    artifact_labels_count=env_limit("ANNALS_MAX_LABELS"),
    label_size_bytes=env_limit("ANNALS_MAX_LABEL_SIZE_BYTES"),
    artifact_name_length_chars=env_limit("ANNALS_MAX_NAME_LENGTH"),
    artifact_description_length_chars=env_limit("ANNALS_MAX_DESCRIPTION_LENGTH"),
    requests_per_second_count=env_limit("ANNALS_MAX_REQUESTS_PER_SECOND"),
)

# Of the broker that the node starts itself; 0 is any free port, kept from then on.
ANNALS_BROKER_PORT = int(env_number("ANNALS_BROKER_PORT", 0, least=0))
KAFKA_PROPERTIES = kafka_properties(os.environ)
JOURNAL_TOPIC = env_str("JOURNAL_TOPIC", "kafkasql-journal")
JOURNAL_TOPIC_CREATE = env_bool("JOURNAL_TOPIC_CREATE", True)
JOURNAL_FORMAT_VERSION = env_choice(
    "JOURNAL_FORMAT_VERSION",
    ("auto", "2.6", "2.4", "2.1.4", "2.1.0"),
    old_name="JOURNAL_DIALECT",
)
JOURNAL_DUPLICATE_ID_POLICY = env_choice(
    "JOURNAL_DUPLICATE_ID_POLICY",
    ("auto", "first-wins", "last-wins"),
    old_name="JOURNAL_CONTENT_VIEW",
)
JOURNAL_RESPONSE_TIMEOUT = env_number("JOURNAL_RESPONSE_TIMEOUT", 30)

DATABASES = databases(env_secret("DATABASE_URL"), ANNALS_HOME.database)
DATABASE_ROUTERS = ["node.routers.JournalRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = env_secret("ANNALS_SECRET_KEY") or ANNALS_HOME.secret_key()
DEBUG = False
# A name other than loopback is refused unless told: that is what stops DNS rebinding.
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, env_str("ANNALS_ALLOWED_HOSTS", "").split(",")),
]
if ANNALS_PUBLIC_URL is not None:
    ALLOWED_HOSTS.append(ANNALS_PUBLIC_URL.hostname or "")
ROOT_URLCONF = "node.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.messages",
    "rest_framework",
    "channels",
    "csp",
    "corsheaders",
    "node",
    "registry",
    "journal",
    "api",
    "dashboard",
]
MIDDLEWARE = [
    "node.web.compression.CompressionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "node.web.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "node.web.snapshot_mount.SnapshotMiddleware",
    "dashboard.frame.errors.DatabaseErrorMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
        },
    }
]
ASGI_APPLICATION = "node.asgi.application"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

STATIC_URL = f"{ANNALS_PREFIX}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_STATIC_PREFIX = "/static/"

_REGISTRY_HEADERS = (
    *("artifactid", "artifacttype", "version", "name", "name-encoded", "description"),
    *("description-encoded", "content-hash", "hash-algorithm"),
    *("preserve-globalid", "preserve-contentid"),
)
# Pages of other sites may read and write through the APIs, with a token, never with a cookie.
_CORS = env_list("ANNALS_CORS_ORIGINS", "")
CORS_ALLOW_ALL_ORIGINS = _CORS == ("*",)
CORS_ALLOWED_ORIGINS = () if CORS_ALLOW_ALL_ORIGINS else env_urls("ANNALS_CORS_ORIGINS")
CORS_URLS_REGEX = r"^/apis/"
CORS_ALLOW_HEADERS = (
    *("accept", "authorization", "content-type", "if-none-match", "x-request-id"),
    *(f"x-registry-{name}" for name in _REGISTRY_HEADERS),
)
CORS_EXPOSE_HEADERS = ("etag", "x-request-id", "x-registry-artifactid", "x-registry-version")

# Who signed in is kept in the browser, signed; an issuer sends people back from another site.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "annals_session"
SESSION_COOKIE_AGE = ANNALS_ACCESS.session_seconds
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "dashboard.frame.toasts.ToastStorage"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{ANNALS_PREFIX}/"
if ANNALS_PUBLIC_URL is not None and ANNALS_PUBLIC_URL.scheme == "https":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{ANNALS_PUBLIC_URL.netloc}"]
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "dashboard.frame.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
        "img-src": [SELF, "data:"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = ANNALS_LIMIT_CONTENT_BYTES
# As many as one upload of several takes.
DATA_UPLOAD_MAX_NUMBER_FILES = 300
FILE_UPLOAD_MAX_MEMORY_SIZE = ANNALS_LIMIT_CONTENT_BYTES

REST_FRAMEWORK = {
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["api.http.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.http.RawParser"],
    "EXCEPTION_HANDLER": "api.problems.handle_exception",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "node.config.logs.StructuredFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("ANNALS_LOG_LEVEL", "INFO")},
    "filters": {"exceptions": {"()": "node.config.logs.ExceptionsOnlyFilter"}},
    "loggers": {
        # Errors of clients, and what readiness reports, are in the responses.
        "django.request": {"filters": ["exceptions"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "uvicorn.access": {"level": "WARNING"},
        "uvicorn.error": {"level": "WARNING"},
    },
}
