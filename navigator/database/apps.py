from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "navigator.database"
    label = "walls"
