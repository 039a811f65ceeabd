"""All URLs. What each needs stands in accounts/permissions.py."""

from django.urls import path

from navigator.web import views as web

urlpatterns = [
    path("livez", web.livez, name="livez"),
    path("readyz", web.readyz, name="readyz"),
]
