"""WhiteNoise as the site runs it."""

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves static files to sync requests and lets async ones pass: the front sends no static file there.

    WhiteNoise alone is sync only. Django would then run all that lies behind it from a thread, which each stream and
    each upload would hold until its view has answered.
    """

    async_capable = True

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if self._is_async else super().__call__(request)
