"""Every setting comes from the environment (docs/administrators.md lists them); the defaults run a demo.

What a clerk may change (rules, catalogues, posts) lives in the database; what a server can do lives here.
"""

import sys
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from mulin.kernel.env import (
    database_from_url,
    env_bool,
    env_int,
    env_list,
    env_secret,
    env_str,
    instance_key,
    sqlite,
)

PACKAGE_DIR = Path(__file__).resolve().parent.parent
MULIN_HOME = Path(env_str("MULIN_HOME", "instance")).resolve()
TESTING = "pytest" in sys.modules

DEBUG = env_bool("MULIN_DEBUG")
SECRET_KEY = env_secret("MULIN_SECRET_KEY") or instance_key(MULIN_HOME, "secret.key")
SECRET_KEY_FALLBACKS = env_list("MULIN_SECRET_KEY_FALLBACKS")
# A key of its own for personal data, so that the web key can be changed without re-encrypting.
MULIN_DATA_KEY = env_secret("MULIN_DATA_KEY") or instance_key(MULIN_HOME, "data.key")
MULIN_NATIONAL_SUITE = env_bool("MULIN_NATIONAL_SUITE")
ALLOWED_HOSTS = env_list("MULIN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env_list("MULIN_TRUSTED_ORIGINS")
MULIN_BASE_URL = env_str("MULIN_BASE_URL", "")
MULIN_SITE_PLACE = env_str("MULIN_SITE_PLACE", "500000000000")
MULIN_HOTLINE = env_str("MULIN_HOTLINE", "12345")
MULIN_MAP_TILES = env_str("MULIN_MAP_TILES", "")
# A folder with processes of one's own (docs/processes.md); empty: `processes` in the instance's folder.
MULIN_PROCESSES = env_str("MULIN_PROCESSES", "")
MULIN_TRUSTED_PROXIES = env_int("MULIN_TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "mulin.kernel",
    "mulin.places",
    "mulin.people",
    "mulin.bookings",
    "mulin.ledger",
    "mulin.voices",
    "mulin.cases",
    "mulin.councils",
    "mulin.academy",
    "mulin.mutualaid",
    "mulin.insight",
    "mulin.disclosure",
    "mulin.doors",
    "mulin.portal",
    "mulin.desk",
    "mulin.site",
    # After our own apps: our log-in pages and words win over theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]
if env_str("MULIN_WEIXIN_CLIENT_ID"):
    INSTALLED_APPS.append("allauth.socialaccount.providers.weixin")

MIDDLEWARE = [
    "mulin.kernel.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mulin.kernel.middleware.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "mulin.kernel.middleware.Addresses",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mulin.people.middleware.ActorMiddleware",
    "mulin.kernel.middleware.ErrorPages",
]

ROOT_URLCONF = "mulin.site.urls"
WSGI_APPLICATION = "mulin.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "mulin.kernel.context.shell",
            ],
            "builtins": ["mulin.kernel.templatetags.mulin_ui"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]

_database_url = env_secret("MULIN_DATABASE_URL")
DATABASES = {
    "default": database_from_url(_database_url) if _database_url else sqlite(MULIN_HOME / "mulin.sqlite3")
}
if TESTING:
    # Tests open and close many short connections; the data is thrown away.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["mulin.people.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "mulin.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Text messages may take a minute or two to arrive.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_FORMS = {
    "login": "mulin.people.forms.LoginForm",
    "signup": "mulin.people.forms.SignupForm",
    "request_login_code": "mulin.people.forms.RequestCodeForm",
    "confirm_login_code": "mulin.people.forms.ConfirmCodeForm",
    "verify_phone": "mulin.people.forms.VerifyPhoneForm",
    "change_phone": "mulin.people.forms.ChangePhoneForm",
    "reauthenticate": "mulin.people.forms.ReauthenticateForm",
    "change_password": "mulin.people.forms.ChangePasswordForm",
    "set_password": "mulin.people.forms.SetPasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
# Codes are counted by people.guessing: allauth would count them for the number alone, so that anybody could
# use up those of the owner, and for the address, which a carrier may share among thousands. So are log-ins;
# what fails at an address is counted here, since people.guessing counts for each name alone.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "",
    "verify_phone": "",
}
SOCIALACCOUNT_ADAPTER = "mulin.people.adapters.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_PROVIDERS = {
    "weixin": {
        "APP": {
            "client_id": env_str("MULIN_WEIXIN_CLIENT_ID"),
            "secret": env_secret("MULIN_WEIXIN_SECRET"),
        }
    }
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mulin"
MFA_ADAPTER = "mulin.people.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "mulin.people.forms.SecondFactorForm",
    "reauthenticate": "mulin.people.forms.SecondFactorAgainForm",
    "activate_totp": "mulin.people.forms.ActivateAppForm",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英语"))]
LOCALE_PATHS: list[str] = []
LANGUAGE_COOKIE_NAME = "mulin_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env_str("MULIN_STATIC_ROOT", str(MULIN_HOME / "static")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MULIN_HOME / "media"), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not (DEBUG or TESTING)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_MAX_AGE = 3600
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
MULIN_PHOTO_MAX_BYTES = env_int("MULIN_PHOTO_MAX_BYTES", 12 * 1024 * 1024)

TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if TESTING
        else "django_tasks_db.DatabaseBackend"
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
_https = MULIN_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if MULIN_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "mulin.kernel.views.csrf_failure"

MULIN_THROTTLE = env_bool("MULIN_THROTTLE", not TESTING)
# Webhooks go to https addresses on the open internet only, unless a closed network is told otherwise.
MULIN_WEBHOOK_ALLOW_HTTP = env_bool("MULIN_WEBHOOK_ALLOW_HTTP")
MULIN_WEBHOOK_ALLOW_PRIVATE = env_bool("MULIN_WEBHOOK_ALLOW_PRIVATE")
MULIN_SMS_BACKEND = env_str("MULIN_SMS_BACKEND", "mulin.kernel.channels.ConsoleChannel")
MULIN_MAIL_BACKEND = env_str("MULIN_MAIL_BACKEND", "mulin.kernel.channels.ConsoleChannel")
MULIN_WECHAT_BACKEND = env_str("MULIN_WECHAT_BACKEND", "mulin.kernel.channels.ConsoleChannel")
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if env_str("MULIN_SMTP_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = env_str("MULIN_SMTP_HOST")
    EMAIL_PORT = env_int("MULIN_SMTP_PORT", 587)
    EMAIL_HOST_USER = env_str("MULIN_SMTP_USER")
    EMAIL_HOST_PASSWORD = env_secret("MULIN_SMTP_PASSWORD")
    EMAIL_USE_TLS = env_bool("MULIN_SMTP_TLS", True)
DEFAULT_FROM_EMAIL = env_str("MULIN_MAIL_FROM", "mulin@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "mulin.kernel.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env_str("MULIN_LOG_LEVEL", "WARNING")},
    "loggers": {
        "mulin": {"level": env_str("MULIN_LOG_LEVEL", "INFO"), "propagate": True},
        "django.request": {"level": "ERROR", "propagate": True},
    },
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W019"]
