"""The same steps as on the pages, for other systems that a worker is signed in through."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from navigator import clock
from navigator.web.refusals import Refusal
from referrals import actions, models, selectors
from referrals.acting import By
from referrals.api.serializers import ReturnIn
from referrals.views.reaching import by, referral_or_404


class ReturnReferralView(APIView):
    """POST why the service cannot help. A reason that is not legitimate gets 422 and the same text as on the page."""

    authentication_classes = (SessionAuthentication,)

    def post(self, request: Request, referral_id: UUID) -> Response:
        found = referral_or_404(request._request, referral_id)
        said = ReturnIn(data=request.data)
        said.is_valid(raise_exception=True)
        try:
            after = _return(found, said.validated_data, by=by(request._request))
        except actions.NotLegitimate as refusal:
            return Response({"detail": refusal.sentence, "reason": refusal.reason.code}, status=refusal.status)
        except Refusal as refusal:
            return Response({"detail": refusal.sentence}, status=refusal.status)
        return Response({"id": str(after.pk), "status": after.status, "next": _next(after)})


def _return(found: models.Referral, said: dict[str, Any], *, by: By) -> models.Referral:
    door = selectors.service(said["next_door"]) if said["next_door"] else None
    other = selectors.other_referral(found, str(said["duplicate_of"])) if said["duplicate_of"] else None
    why = actions.Return(
        reason=said["reason"], text=said["text"], next_door=door, earliest=said["earliest"], duplicate_of=other
    )
    return actions.return_referral(referral=found, why=why, by=by, now=clock.now())


def _next(after: models.Referral) -> str | None:
    """The next door, where the return has named one."""
    return str(after.returned_to_id) if after.returned_to_id else None
