from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "navigator.vault"
