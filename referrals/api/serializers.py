"""What a caller of the API writes. Which of it a reason needs, the action says."""

from __future__ import annotations

from rest_framework import serializers


class ReturnIn(serializers.Serializer):
    """Why a service cannot take the citizen on."""

    reason = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    next_door = serializers.UUIDField(required=False, default=None, allow_null=True)
    earliest = serializers.DateField(required=False, default=None, allow_null=True)
    duplicate_of = serializers.UUIDField(required=False, default=None, allow_null=True)
