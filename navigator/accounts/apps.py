from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "navigator.accounts"
    label = "accounts"
