"""The words in which a consent is asked for. A version that was shown is never changed: a new wording is a new version."""

from __future__ import annotations

CURRENT = "2026.2"
BEFORE = "before"  # what was asked before the wording was kept

ASKED: dict[str, dict[str, str]] = {
    "2026.1": {
        "da": "Må vi give det videre, som står her? Det går til {receivers}, så de kan hjælpe dig. De ser kun det, du kan "
        "se her. Du bestemmer selv. Siger du nej, kan du stadig få hjælp hos os. Du kan altid tage dit ja tilbage. Ring "
        "eller sig det til os. Dit ja gælder højst et år.",
        "en": "May we pass on what stands here? It goes to {receivers}, so that they can help you. They see only what you "
        "can see here. You decide. If you say no, you can still get help from us. You can always take back your yes. Call "
        "us, or tell us. Your yes holds for a year at most.",
    },
    "2026.2": {
        "da": "Må vi give det videre, som står her? Det går til {receivers}, så de kan hjælpe dig. De ser kun det, du kan "
        "se her. Du bestemmer selv. Siger du nej, kan du stadig få hjælp hos os. Du kan altid tage dit ja tilbage. Ring "
        "eller sig det til os. Dit ja gælder højst et år.",
        "en": "May we pass this on? It goes to {receivers}, so that they can help you. They see only what you can see here. "
        "You decide. If you say no, you can still get help from us. You can always take back your yes. Call us, or tell us. "
        "Your yes is valid for a year at most.",
    },
}


def asked(language: str, *, receivers: str) -> str:
    """What is read to the citizen today."""
    return ASKED[CURRENT][language].format(receivers=receivers)
