"""The public match API. It asks for nothing that identifies and keeps nothing that was asked."""

from __future__ import annotations

from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from navigator import clock
from pathways import actions, matching
from pathways.api.parsers import SmallJSONParser
from pathways.models import RuleSet


class NotReady(APIException):
    status_code = 503
    default_detail = "No rule set is published yet, or the directory is empty."
    default_code = "not_ready"


class MatchView(APIView):
    """POST a need, get the doors that it opens."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (SmallJSONParser,)
    renderer_classes = (JSONRenderer,)

    def post(self, request: Request) -> Response:
        language = _language(request)
        on = clock.today()
        try:
            matched = matching.match(request.data, on=on)
        except matching.InvalidAnswers as error:
            return Response({"errors": errors(error)}, status=400)
        except (RuleSet.DoesNotExist, matching.NoDoor):
            raise NotReady from None
        gaps = matched.decision.gaps
        actions.count_gaps(kinds=[gap.kind for gap in gaps], municipality=matched.facts.municipality, on=on)
        explain_all = request.query_params.get("explain") == "all"
        said = matching.answer(matched, language=language, explain_all=explain_all)
        return Response(said, headers={"Content-Language": language, "Vary": "Accept-Language"})


def errors(error: matching.InvalidAnswers) -> list[dict[str, object]]:
    """Every field that cannot be read, each with the reason and what is allowed there."""
    return [{"field": p.field, "message": p.message, "allowed": list(p.allowed)} for p in error.problems]


def _language(request: Request) -> str:
    """The language asked for, of those there are; Danish when none of them is."""
    for wished, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (language := wished.split("-")[0]) in matching.LANGUAGES:
            return language
    return matching.LANGUAGES[0]
