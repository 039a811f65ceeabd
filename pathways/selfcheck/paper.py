"""A door on paper: one tagged sheet (PDF/UA-1) in one language, with a code that leads to the door's public page."""

from __future__ import annotations

import base64
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import qrcode
from django.template.loader import render_to_string
from django.utils import translation
from qrcode.image.svg import SvgPathFillImage

from navigator.web.paper import printed
from pathways.selfcheck.doors import Door

STYLE = Path(__file__).with_name("sheet.css")
KEPT = 64  # sheets and codes in memory: making a sheet takes a processor a second


@lru_cache(maxsize=KEPT)
def code(address: str) -> str:
    """The QR code of an address, as an SVG to stand in a page."""
    made = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=2).save(made)
    text = made.getvalue().decode()
    return text[text.index("<svg") :]


def picture(address: str) -> str:
    """The same as the source of an image, for paper."""
    return f"data:image/svg+xml;base64,{base64.b64encode(code(address).encode()).decode()}"


def sheet(door: Door, *, on: date) -> bytes:
    """The sheet as it is on a day: waits and rights have dates. Made once and kept while it is the same."""
    with translation.override(door.language):
        return _printed(_page(door, on=on))


def _page(door: Door, *, on: date) -> str:
    return render_to_string("selfcheck/sheet.html", {"door": door, "on": on, "code": picture(door.address)})


@lru_cache(maxsize=KEPT)
def _printed(page: str) -> bytes:
    return printed(page, style=STYLE)
