"""Settings, in Django's own order. Unset = embedded default, set = scale out; `coaching/env.py` reads the variables.

DEMO and DEBUG permit secrets made in DATA_DIR. Anything else is production: a missing secret refuses to start.
"""

import base64
import hashlib
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from coaching import env, recurring
from dfs.layout import SEGMENT_BYTES
from dfs.placement import parse_policy

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

# --- Mode and secrets -------------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
_may_make = DEBUG or DEMO
_secrets_dir = DATA_DIR / "secrets"

SECRET_KEY = env.secret(
    "SECRET_KEY", _secrets_dir / "secret_key", lambda: secrets.token_urlsafe(50), may_make=_may_make
)
MASTER_KEYS = env.secret(
    "CLASSCREW_MASTER_KEYS",
    _secrets_dir / "master_keys",
    lambda: "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    may_make=_may_make,
)

# --- Hosts and transport ----------------------------------------------------------------------------------------------

BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if _may_make else "")
_is_https = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if _is_https else []
CSRF_FAILURE_VIEW = "coaching.pages.errors.csrf_failure"
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0, at_least=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _is_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^fees/razorpay/"]
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _is_https
SECURE_HSTS_PRELOAD = _is_https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# A name with __Host- is refused by browsers unless it is secure, for this host only and for the whole of it.
_cookie_prefix = "__Host-" if _is_https else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_cookie_prefix}sessionid", f"{_cookie_prefix}csrftoken"
DEVICE_COOKIE_NAME = f"{_cookie_prefix}device"
LANGUAGE_COOKIE_NAME = f"{_cookie_prefix}django_language"
MESSAGE_COOKIE_NAME = f"{_cookie_prefix}messages"
MESSAGE_STORAGE = "coaching.lib.notes.NoteStorage"
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_AGE = _is_https, "Lax", 365 * 24 * 3600
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # scripts take the token from a form of the page
X_FRAME_OPTIONS = "DENY"

# --- Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "batches",
    "attendance",
    "exams",
    "fees",
    "dfs",
    "coaching",
    "accounts.apps.DjangoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "coaching.lib.middleware.RequestIdMiddleware",
    "coaching.lib.middleware.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "coaching.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "coaching.lib.headers.HeadersMiddleware",
    "accounts.middleware.ZoneMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "coaching.lib.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "coaching.urls"
WSGI_APPLICATION = "coaching.wsgi.application"
ASGI_APPLICATION = "coaching.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "coaching.templatetags.icons",
                "coaching.templatetags.figures",
                "coaching.templatetags.fields",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coaching.pages.shell.shell",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------------------

_sqlite: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "classcrew.sqlite3",
    # Measured with twenty writers: IMMEDIATE + WAL + 20 s loses none, Django's defaults lose nine in ten.
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=0; PRAGMA cache_size=-8000;"
        ),
    },
}
_database_url = env.url("DATABASE_URL", "postgres", "postgresql", "sqlite")
if _database_url:
    _postgres = dict(environ.Env.db_url_config(_database_url))
    if "sqlite3" in _postgres["ENGINE"]:
        _sqlite["NAME"] = _postgres["NAME"]
        _postgres = _sqlite
    else:
        # A pool, because each async view's thread would otherwise hold a connection of its own.
        _postgres.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 16, "timeout": 8}
    DATABASES = {"default": _postgres}
else:
    DATABASES = {"default": _sqlite}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["CONN_MAX_AGE"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis protocol: cache, broker, wake-ups --------------------------------------------------------------------------


def _embedded_socket(data_dir: Path) -> Path:
    """Where the supervisor's own Valkey listens: a short path, because a socket's may have 107 bytes at most."""
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"classcrew-{user}-{digest}" / "valkey.sock"


VALKEY_SOCKET = _embedded_socket(DATA_DIR)
_redis_url = env.url("REDIS_URL", "redis", "rediss", "unix")
REDIS_URL = _redis_url or f"unix://{VALKEY_SOCKET}"
IS_VALKEY_EMBEDDED = not _redis_url
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "classcrew",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "classcrew:",
    "visibility_timeout": 600,  # far above any task: long jobs work in slices
    "unacked_restore_interval": 3,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"dfs.tasks.*": {"queue": "dfs"}, "exams.tasks.judge_next": {"queue": "judge"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2_000
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = recurring.SCHEDULE

# --- Who may come in --------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "accounts.session_store"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
AUTH_LOCAL = env.flag("AUTH_LOCAL", default=True)  # off: nobody signs in with a password
# 19 MiB, t=2, p=1: about 0.04 s of CPU per sign-in, so that a class of thirty can sign in at once.
PASSWORD_HASHERS = ["accounts.hashers.TunedArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.NotTooLong"},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotNames"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "reset_password": "accounts.forms.PasswordLinkForm"}
ACCOUNT_LOGIN_METHODS = {"email", "username"}  # the "username" of a student without an address: his admission number
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "admission_number"
# allauth's own counters let a burst through; accounts/limits.py counts instead. Its code fields still use login_failed.
_counted_by_us = ("login", "reset_password", "reset_password_from_key", "change_password", "reauthenticate")
ACCOUNT_RATE_LIMITS = {**dict.fromkeys(_counted_by_us), "login_failed": "60/m/ip,5/5m/key"}
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
DEMO_PASSWORD = env.text("DEMO_PASSWORD")  # one for all of the demo's people instead of one each
ADMIN_PATH = env.text("ADMIN_PATH", "admin/").strip("/") + "/"
MFA_ADAPTER = "accounts.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone signs in, so it must know its owner
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}  # a whole institute shares one address
MFA_REQUIRED = env.flag("MFA_REQUIRED", default=not _may_make)  # of admins
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

ALLOWED_GOOGLE_DOMAINS = [domain.lower().removeprefix("@") for domain in env.words("ALLOWED_GOOGLE_DOMAINS")]
SOCIALACCOUNT_ADAPTER = "accounts.google_adapter.GoogleAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "provider_class": "accounts.google.Google",
        "SCOPE": ["openid", "email", "profile"],
        "AUTH_PARAMS": {"access_type": "online"},
        "OAUTH_PKCE_ENABLED": True,
    }
}
SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = False

# --- The institute ----------------------------------------------------------------------------------------------------

INSTITUTE_NAME = env.text("INSTITUTE_NAME", "ClassCrew")
FONTS_DIR = DATA_DIR / "fonts"  # of documents; made there (coaching/lib/pdf_fonts.py)

# --- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hi", _("Hindi"))]
LOCALE_PATHS = [BASE_DIR / "coaching" / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "Asia/Kolkata")
USE_I18N = USE_TZ = True

# --- Static files, uploads --------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
WHITENOISE_USE_FINDERS = _may_make
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing may be stored past dfs
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _may_make
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# No page spools a file to a temporary place, in the clear: those that take files name a handler of their own.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# --- E-mail -----------------------------------------------------------------------------------------------------------

_email = environ.Env.email_url_config(env.text("EMAIL_URL", "consolemail://"))
EMAIL_BACKEND = _email.pop("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
vars().update({name: value for name, value in _email.items() if name.startswith("EMAIL_")})
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "ClassCrew <no-reply@localhost>")

# --- News by other ways -----------------------------------------------------------------------------------------------

# The class that carries each channel (accounts/senders.py says what it must do); without one a channel is not offered.
NOTIFICATION_SENDERS = {
    "EMAIL": "accounts.senders.EmailSender",
    "SMS": env.text("SMS_SENDER"),
    "WHATSAPP": env.text("WHATSAPP_SENDER"),
    "PUSH": env.text("PUSH_SENDER"),
}

# --- Content security -------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Distributed file store -------------------------------------------------------------------------------------------

DFS_CHUNK_BYTES = env.integer(
    "DFS_CHUNK_BYTES", 8 * 1024 * 1024, at_least=SEGMENT_BYTES, at_most=32 * 1024 * 1024, step=SEGMENT_BYTES
)
DFS_MAX_UPLOAD_BYTES = env.integer("DFS_MAX_UPLOAD_BYTES", 5 * 1024**3, at_least=1)
DFS_REDUNDANCY = env.text("DFS_REDUNDANCY", "auto")
try:
    parse_policy(DFS_REDUNDANCY)
except ValueError as error:
    raise ImproperlyConfigured(f"{error}, not {DFS_REDUNDANCY!r}.") from None
DFS_CACHE_BYTES = env.integer("DFS_CACHE_BYTES", 2 * 1024**3, at_least=0)

# --- Judge of coding questions ----------------------------------------------------------------------------------------

JUDGE_RUNNER = env.choice("JUDGE_RUNNER", "auto", "auto", "bwrap", "off")  # there is none without a sandbox
JUDGE_BWRAP = env.text("JUDGE_BWRAP")  # where bubblewrap is, if not on PATH
JUDGE_CACHE_DIR = Path(env.text("JUDGE_CACHE_DIR", str(DATA_DIR / "judge"))).resolve()

# --- Google: sign-in and lent Drives ----------------------------------------------------------------------------------

# Endpoints are settings so that tests speak to an emulator with the real client libraries.
GOOGLE_CLIENT_ID = env.text("GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = env.text("GOOGLE_CLIENT_SECRET")
GOOGLE_AUTHORIZE_URL = env.text("GOOGLE_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth")
GOOGLE_TOKEN_URL = env.text("GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
GOOGLE_CERTS_URL = env.text("GOOGLE_CERTS_URL", "https://www.googleapis.com/oauth2/v3/certs")
GOOGLE_IDENTITY_URL = env.text("GOOGLE_IDENTITY_URL", "https://openidconnect.googleapis.com/v1/userinfo")
GOOGLE_REVOKE_URL = env.text("GOOGLE_REVOKE_URL", "https://oauth2.googleapis.com/revoke")
GOOGLE_ID_TOKEN_ISSUER = env.text("GOOGLE_ID_TOKEN_ISSUER", "https://accounts.google.com")
GOOGLE_API_ROOT = env.text("GOOGLE_API_ROOT", "https://www.googleapis.com/")

# --- Logs -------------------------------------------------------------------------------------------------------------

LOG_FORMAT = env.choice("LOG_FORMAT", "text" if sys.stderr.isatty() or _may_make else "json", "text", "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "coaching.lib.logs.RequestIdFilter"}},
    "formatters": {
        "text": {"format": "{asctime} {levelname:.1s} {name} [{request_id}] {message}", "style": "{"},
        "json": {"()": "coaching.lib.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # a 4xx has its line in the access log
        "django.security.csrf": {"level": "CRITICAL"},  # the address may hold a key; the access log hides it
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody can send one; the access log has it
        "urllib3": {"level": "INFO"},  # below, it writes addresses, and an upload session's address is a key
        "google": {"level": "INFO"},  # below, it writes requests and their headers
        "googleapiclient": {"level": "ERROR"},  # a refusal is classified and told by dfs
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
