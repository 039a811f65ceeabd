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

from pathways.selfcheck.doors import Door

STYLE = Path(__file__).with_name("sheet.css")
KEPT = 64  # sheets in memory: making one takes a processor a second


def code(address: str) -> str:
    """The QR code of an address, as an SVG to stand in a page."""
    made = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=2).save(made)
    text = made.getvalue().decode()
    return text[text.index("<svg") :]


def sheet(door: Door, *, on: date) -> bytes:
    """The sheet as it is on a day: waits and rights have dates. Made once and kept while it is the same."""
    with translation.override(door.language):
        return _printed(_page(door, on=on))


def _page(door: Door, *, on: date) -> str:
    picture = base64.b64encode(code(door.address).encode()).decode()
    context = {"door": door, "on": on, "code": f"data:image/svg+xml;base64,{picture}"}
    return render_to_string("selfcheck/sheet.html", context)


@lru_cache(maxsize=KEPT)
def _printed(page: str) -> bytes:
    from weasyprint import CSS, HTML  # heavy, and needed for paper only
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    ours, fonts = URLFetcher(allowed_protocols={"data", "file"}), FontConfiguration()
    html = HTML(string=page, url_fetcher=ours)
    style = CSS(filename=STYLE, url_fetcher=ours, font_config=fonts)
    return bytes(html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"))
