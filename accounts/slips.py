"""What is handed to somebody who is invited: the link in letters, and as a code for a phone's camera."""

from dataclasses import dataclass

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.invitation_mail import Made
from accounts.models import Invitation

QUIET_MODULES = 4  # the white border a reader needs
ANY_MASK = 3  # trying all eight takes seven times as long, and a link this short reads with each


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper."""

    invitation: Invitation
    link: str
    is_mailed: bool
    is_refused: bool
    code: SafeString


def slip(made: Made) -> Slip:
    return Slip(made.invitation, made.link, made.is_mailed, made.is_refused, qr_svg(made.link))


def qr_svg(text: str) -> SafeString:
    """A QR code (level M) as SVG without any style, about 4 KB: each row's dark runs as one path."""
    code = qrcode.QRCode(border=QUIET_MODULES, error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=ANY_MASK)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    path = "".join(_runs(row, y) for y, row in enumerate(rows))
    return format_html(
        '<svg class="slip-code" viewBox="0 0 {0} {0}" aria-hidden="true"><path d="{1}"/></svg>',
        len(rows),
        mark_safe(path),  # noqa: S308 - digits and the letters of a path
    )


def _runs(row: list[bool], y: int) -> str:
    """The dark runs of one row as rectangles of height 1."""
    parts, start = [], None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(parts)
