"""How the site is served, by `manage.py up` and in the image alike. The command line and GUNICORN_CMD_ARGS win."""

from typing import Any

from coaching.settings import LOGGING

wsgi_app = "coaching.asgi:application"
worker_class = "coaching.server.Worker"
workers = 2
graceful_timeout = 8  # with the guard's ten seconds and Valkey's three, Ctrl-C ends everything within fifteen
timeout = 60
keepalive = 15
control_socket_disable = True
# Whom to believe about the client's address is TRUSTED_PROXY_COUNT's business, not a header's.
forwarded_allow_ips = ""
# The server's own lines look like the site's. The handler is named here because uvicorn's worker copies it from here.
_loggers: Any = LOGGING["loggers"]
logconfig_dict = {
    **LOGGING,
    "loggers": {
        **_loggers,
        "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"handlers": [], "propagate": False},
    },
}
