"""The URLs of the catalogue; the project includes them at its root."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("pathways.api.urls"))]
