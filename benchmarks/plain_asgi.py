"""Django's own ASGI application, as `startproject` makes it, for a server that insists on the lifespan protocol."""

from django.core.asgi import get_asgi_application

_django = get_asgi_application()


async def application(scope, receive, send):
    if scope["type"] != "lifespan":
        await _django(scope, receive, send)
        return
    for moment in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{moment}.complete"})
