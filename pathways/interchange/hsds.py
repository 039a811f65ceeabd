"""The directory as HSDS 3.0 (Open Referral): a list of services as JSON. Its words where it has them; ours beside them, as it
allows, for what it lacks: the code, the kind of help, who may open the door, and the texts in the other language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from pathways.interchange.columns import BY_NAME, NO, Mistake, Row, parts

# Our column → HSDS' own property of the service, where that is one text.
SAME = {
    "name_da": "name",
    "name_en": "alternate_name",
    "note_da": "description",
    "email": "email",
    "url": "url",
    "fees_da": "fees_description",
    "assured_date": "assured_date",
    "assurer_email": "assurer_email",
}
AGES = ("minimum_age", "maximum_age")
# Columns that HSDS keeps as lists of objects of their own.
NESTED = ("organisation", "phone", "areas", "languages", "opening_hours_da", "interpretation_services", "wait_days")
OURS = tuple(name for name in BY_NAME if name not in SAME and name not in AGES and name not in NESTED)
# Our column → where it stands in a service of HSDS.
PLACES = {
    **SAME,
    "organisation": "organization.organisation_code",
    "phone": "phones[0].number",
    "areas": "service_areas[].extent",
    "languages": "languages[].code",
    "opening_hours_da": "schedules[0].description",
    "wait_days": "wait_time",
}


def written(services: Iterable[tuple[UUID, Mapping[str, str], str, bool]]) -> Iterator[str]:
    """The file, service by service: its id, its texts, the name of who runs it, and whether it is closed on the day."""
    yield '{"contents": ['
    for number, (key, texts, organisation, is_closed) in enumerate(services):
        yield ",\n" if number else "\n"
        yield json.dumps(_service(key, texts, organisation, is_closed=is_closed), ensure_ascii=False)
    yield "\n]}\n"


def _service(key: UUID, texts: Mapping[str, str], organisation: str, *, is_closed: bool) -> dict[str, Any]:
    code = texts["organisation"]
    said: dict[str, Any] = {"id": str(key), "status": "temporarily closed" if is_closed else "active"}
    said |= {theirs: texts[ours] for ours, theirs in SAME.items() if texts[ours] or ours == "name_da"}
    said |= {name: int(texts[name]) for name in AGES if texts[name]}
    said |= {name: texts[name] for name in OURS if texts[name]}
    said["interpretation_services"] = texts["interpretation_services"]
    if texts["wait_days"]:
        said["wait_time"] = texts["wait_days"]
    about = uuid5(key, code)
    said["organization"] = {
        "id": str(about),
        "name": organisation,
        "description": organisation,
        "organisation_code": code,
    }
    said["service_areas"] = [
        {"id": str(uuid5(key, f"area {area}")), "extent": area, "extent_type": "text"} for area in parts(texts["areas"])
    ]
    said["languages"] = [
        {"id": str(uuid5(key, f"language {language}")), "code": language} for language in parts(texts["languages"])
    ]
    if texts["phone"]:
        said["phones"] = [{"id": str(uuid5(key, "phone")), "number": texts["phone"]}]
    if texts["opening_hours_da"]:
        said["schedules"] = [{"id": str(uuid5(key, "schedule")), "description": texts["opening_hours_da"]}]
    return said


def read(text: str) -> tuple[list[Row], list[Mistake]]:
    """The rows of a file, counted from 1: a list of services, or a page of the API with its `contents`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"{getattr(error, 'lineno', '')}:{getattr(error, 'colno', '')}"
        return [], [Mistake(0, "", place, _("a text that is JSON"))]
    services = document.get("contents") if isinstance(document, dict) else document
    if not isinstance(services, list):
        return [], [Mistake(0, "contents", "", _("a list of services"))]
    rows, mistakes = [], []
    for number, service in enumerate(services, start=1):
        try:
            texts = _texts(service)
        except (AttributeError, KeyError, TypeError, IndexError, ValueError):
            mistakes.append(Mistake(number, "", "", _("a service as HSDS 3.0 describes it")))
            continue
        rows.append(Row(number, texts))
    return rows, mistakes


def in_its_words(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """The same mistakes with the places where they stand in this file."""
    return [replace(each, column=PLACES.get(each.column, each.column)) for each in mistakes]


def _texts(service: Mapping[str, Any]) -> dict[str, str]:
    """A service as our columns say it. What is not there is empty: a whole service is said each time."""
    texts = {ours: _text(service.get(theirs)) for ours, theirs in SAME.items()}
    texts |= {name: _text(service.get(name)) for name in (*AGES, *OURS)}
    texts["organisation"] = _text((service.get("organization") or {}).get("organisation_code"))
    texts["phone"] = _first(service, "phones", "number")
    texts["opening_hours_da"] = _first(service, "schedules", "description")
    texts["areas"] = ", ".join(_text(area["extent"]) for area in service.get("service_areas") or ())
    texts["languages"] = ", ".join(_text(language["code"]) for language in service.get("languages") or ())
    texts["interpretation_services"] = _text(service.get("interpretation_services")) or NO
    texts["wait_days"] = _text(service.get("wait_time"))
    return texts


def _first(service: Mapping[str, Any], name: str, of: str) -> str:
    found = service.get(name) or [{}]
    return _text(found[0].get(of))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"{type(value)} is no text")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text.encode()  # half of a pair of surrogates can be written in JSON, and nowhere else
    return text
