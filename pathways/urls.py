"""The URLs of the catalogue; the project includes them at its root."""

from django.urls import include, path

from pathways import care_views, views

urlpatterns = [
    path("services/", views.our_services, name="our_services"),
    path("services/<uuid:service_id>/wait/", views.save_wait, name="save_wait"),
    path("directory/", care_views.directory, name="directory"),
    path("directory/import/", care_views.import_directory, name="import_directory"),
    path("directory/export/<slug:form>/", care_views.export_directory, name="export_directory"),
    path("rules/", views.rules, name="rules"),
    path("api/v1/", include("pathways.api.urls")),
    path("", include("pathways.selfcheck.urls")),
]
