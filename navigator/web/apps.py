from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class WebConfig(AppConfig):
    name = "navigator.web"


class AdministrationConfig(SimpleAdminConfig):
    """Django's administration with our own site, and no models but those that navigator/urls.py brings in."""

    default_site = "navigator.web.administration.Administration"
