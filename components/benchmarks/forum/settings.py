"""Django with the forum in it: one SQLite file and one folder for everything that a reset must bring back.

For loopback only: its people are invented, its key and its passwords guard nothing. What a forum needs among strangers
and what would make an episode depend on the one before (rate limits, caches, mail) is off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_DJANGO = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "humanize")
_SPIRIT = (
    *("core", "admin", "search", "user", "user.admin", "user.auth", "category", "category.admin"),
    *("topic", "topic.admin", "topic.favorite", "topic.moderate", "topic.notification", "topic.private"),
    *("topic.unread", "comment", "comment.bookmark", "comment.flag", "comment.flag.admin", "comment.history"),
    *("comment.like", "comment.poll"),
)
_MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "spirit.user.middleware.ActiveUserMiddleware",
    "djconfig.middleware.DjConfigMiddleware",
)
_CONTEXT = (
    "django.contrib.auth.context_processors.auth",
    *(f"django.template.context_processors.{name}" for name in ("debug", "i18n", "media", "static", "tz", "request")),
    "django.contrib.messages.context_processors.messages",
    "djconfig.context_processors.config",
)
_NO_CACHE = {"BACKEND": "django.core.cache.backends.dummy.DummyCache", "TIMEOUT": None}
_WHOOSH = "haystack.backends.whoosh_backend.WhooshEngine"


def set_up(data: Path) -> None:
    """Has Django know the forum whose files lie in a folder; whatever imports its models comes after."""
    import django
    import spirit
    from django.conf import settings

    settings.configure(**_settings(data, spirit=Path(spirit.__file__).parent))
    django.setup()
    from django.urls import include, path

    settings.ROOT_URLCONF = (path("", include("spirit.urls")),)


def _settings(data: Path, *, spirit: Path) -> dict[str, Any]:
    return {
        "SECRET_KEY": "of a forum on loopback",
        "ALLOWED_HOSTS": ["*"],
        "INSTALLED_APPS": [
            *(f"django.contrib.{name}" for name in _DJANGO),
            *(f"spirit.{name}" for name in _SPIRIT),
            *("djconfig", "haystack"),
        ],
        "MIDDLEWARE": _MIDDLEWARE,
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": _CONTEXT},
            }
        ],
        "DATABASES": {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": data / "forum.sqlite3",
                "OPTIONS": {"init_command": "PRAGMA synchronous=OFF"},  # nothing here outlives the machine
            }
        },
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "CACHES": {"default": _NO_CACHE, "st_rate_limit": _NO_CACHE},
        "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
        "MEDIA_ROOT": data / "media",
        "MEDIA_URL": "/media/",
        "STATIC_URL": "/static/",
        "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": _WHOOSH, "PATH": str(data / "search")}},
        "ST_BASE_DIR": str(spirit),
        "ST_RATELIMIT_ENABLE": False,
        "ST_SITE_URL": "http://127.0.0.1/",
        "AUTHENTICATION_BACKENDS": ["spirit.user.auth.backends.UsernameAuthBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "LOGIN_URL": "spirit:user:auth:login",
        "LOGIN_REDIRECT_URL": "spirit:index",
        "LOGOUT_REDIRECT_URL": "spirit:index",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "USE_I18N": False,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
    }
