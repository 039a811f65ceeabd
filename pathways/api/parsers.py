from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

LARGEST = 16 * 1024  # bytes; the fullest request there can be is a quarter of this


class TooLarge(APIException):
    status_code = 413
    default_detail = f"The request is larger than {LARGEST} bytes."
    default_code = "too_large"


class SmallJSONParser(BaseParser):
    """One small JSON object. Everything that cannot be read is the asker's mistake, never ours."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLarge
        return read_json(body)


def read_json(text: bytes | str) -> Any:
    """JSON, and nothing that JSON does not know (NaN, half characters). Raises ParseError without repeating the text."""
    try:
        read = json.loads(text, parse_constant=_refuse)
        json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ParseError("The request is not JSON that can be read.") from None
    return read


def _refuse(constant: str) -> None:
    raise ValueError(constant)
