"""Images of the bank, for who teaches. Students get theirs in the paper or through their attempt."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from exams.models import QuestionImage


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def question_image(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The image as it is shown; a browser asks each time whether he may still see it."""
    image = get_object_or_404(QuestionImage.objects.defer("file"), uuid=public_id)
    etag = f'"{image.sha256[:32]}"'
    headers = {
        "Cache-Control": "private, no-cache",
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    response = HttpResponse(bytes(image.bytes_small), content_type=image.content_type, headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response
