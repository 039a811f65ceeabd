"""Paper: a page as a tagged PDF (PDF/UA-1) in the design system's own letters. Nothing is fetched from the net, and from the
disk only what its style names."""

from __future__ import annotations

from pathlib import Path

FONTS = Path(__file__).with_name("paper.css")


def printed(page: str, *, style: Path) -> bytes:
    """The file of one HTML page in one language; its title and `lang` become the document's."""
    from weasyprint import CSS, HTML  # a second and many megabytes: only who makes one pays
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    written, ours = URLFetcher(allowed_protocols={"data"}), URLFetcher(allowed_protocols={"file"})
    fonts = FontConfiguration()
    styles = [CSS(filename=each, url_fetcher=ours, font_config=fonts) for each in (FONTS, style)]
    html = HTML(string=page, url_fetcher=written)
    return bytes(html.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1"))
