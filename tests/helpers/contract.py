"""The API as its contract says it, in OpenAPI, for a machine to try: made from the vocabulary, so that it grows with it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

JSON = "application/json"


def openapi() -> dict[str, Any]:
    """The match, the return of a referral, and the report of a bounce."""
    paths = {
        "/api/v1/match/": {"post": _match()},
        "/api/v1/referrals/{referral_id}/return/": {"post": _return()},
        "/bounces/": {"post": _bounce()},
    }
    return {"openapi": "3.0.3", "info": {"title": "Vejviser", "version": "1"}, "paths": paths}


def _match() -> dict[str, Any]:
    words = json.loads((settings.ROOT / "fixtures/catalogue/vocabulary.json").read_text())
    ladders, codes = words["ladders"], lambda name: [each["code"] for each in words[name]]
    flags = {each["code"]: {"type": "boolean"} for each in words["circumstances"] if each["type"] == "bool"}
    properties = {
        "municipality": {"type": "string", "enum": ["0751", "0101", "0851", "0773"]},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "door": _one(codes("doors")),
        "role": _one(codes("roles")),
        "substance": _object({"use": _step(ladders["substance_use"]), "substances": _many(codes("substances"))}),
        "mental": _object({"state": _step(ladders["mental_state"]), "signs": _many(codes("mental_signs"))}),
        "social": _many(codes("social_needs")),
        "acute": _many(codes("acute_signs")),
        "circumstances": _object(flags),
    }
    body = {**_object(properties), "required": ["municipality", "age"]}
    parameters = [
        {"name": "explain", "in": "query", "schema": {"type": "string"}},
        {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}},
    ]
    answer = {
        "type": "object",
        "required": ["rule_set", "level", "side", "matches", "undecided", "obligations", "gaps"],
        "properties": {"matches": {"type": "array", "minItems": 1}, "level": {"type": "integer"}},
    }
    return {"parameters": parameters} | _operation(body, {200: answer}, refused=(400, 413, 415))


def _return() -> dict[str, Any]:
    words = json.loads((settings.ROOT / "fixtures/catalogue/vocabulary.json").read_text())
    properties = {
        "reason": _one([each["code"] for each in words["decline_reasons"]]),
        "text": {"type": "string", "maxLength": 2000},
        "next_door": {"type": "string", "format": "uuid", "nullable": True},
        "earliest": {"type": "string", "format": "date", "nullable": True},
        "duplicate_of": {"type": "string", "format": "uuid", "nullable": True},
    }
    key = {"name": "referral_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    answer = {"type": "object", "required": ["id", "status", "next"]}
    body = {**_object(properties), "required": ["reason"]}
    return {"parameters": [key]} | _operation(body, {200: answer}, refused=(400, 403, 404, 409, 413, 415, 422))


def _bounce() -> dict[str, Any]:
    body = _object({"id": {"type": "string", "maxLength": 60}, "permanent": {"type": "boolean"}})
    return _operation({**body, "required": ["id", "permanent"]}, {202: {}}, refused=(400, 403, 404, 413, 415))


def _operation(body: dict[str, Any], answers: dict[int, dict[str, Any]], *, refused: tuple[int, ...]) -> dict[str, Any]:
    said = {
        str(status): {"description": "done", "content": {JSON: {"schema": each}}} for status, each in answers.items()
    }
    no = {str(status): {"description": "no", "content": {JSON: {"schema": {"type": "object"}}}} for status in refused}
    if "403" in no:
        no["403"]["content"]["text/html"] = {}  # who is not signed in, or may not, is told so by a page
    return {"requestBody": {"required": True, "content": {JSON: {"schema": body}}}, "responses": said | no}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _one(codes: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": codes}


def _many(codes: list[str]) -> dict[str, Any]:
    return {"type": "array", "items": _one(codes), "uniqueItems": True}


def _step(ladder: list[dict[str, Any]]) -> dict[str, Any]:
    return _one([step["code"] for step in ladder])
