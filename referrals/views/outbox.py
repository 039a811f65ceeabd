"""What leaves the house: to look at in the demo, and the door for what comes back."""

from __future__ import annotations

import hmac
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from navigator import clock
from pathways.api.parsers import SmallJSONParser
from referrals import outbox
from referrals.delivery import bounces
from referrals.views.reaching import by

SHOWN = 100


@require_GET
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """In the demo nothing leaves the machine: here is what would have."""
    if not settings.DEMO:
        raise Http404
    messages = outbox.messages_of(by(request).unit, at_most=SHOWN)
    return render(request, "referrals/outbox.html", {"messages_out": messages})


class Bounce(serializers.Serializer[Any]):
    """What a provider, or the proxy before it, tells of a message that came back."""

    id = serializers.CharField(max_length=60)
    permanent = serializers.BooleanField()

    def validate_id(self, said: str) -> UUID:
        try:
            return bounces.as_key(said)
        except ValueError:
            raise serializers.ValidationError("Give the key that the message carried.") from None


class BounceView(APIView):
    """POST {"id": key, "permanent": true} with `Authorization: Bearer <NAVIGATOR_BOUNCE_SECRET>`. The answer is the same
    whether anybody knows the key or not."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (SmallJSONParser,)

    def post(self, request: Request) -> Response:
        if not settings.BOUNCE_SECRET:
            raise Http404
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), settings.BOUNCE_SECRET.encode()):
            raise AuthenticationFailed
        bounce = Bounce(data=request.data)
        bounce.is_valid(raise_exception=True)
        if bounce.validated_data["permanent"]:
            bounces.report(bounce.validated_data["id"], now=clock.now())
        return Response(status=202)
