"""Reference data for its editors. A published rule set can be read here, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models as db
from django.http import HttpRequest

from pathways import models


class ReadOnly(admin.ModelAdmin):
    """Shown, never changed here: it comes from fixtures, or is counted by the database."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Coded(admin.ModelAdmin):
    """Texts may be improved; a code is public and never renamed, so it cannot be edited or deleted."""

    list_display: tuple[str, ...] = ("code", "text_da", "text_en")
    search_fields = ("code", "text_da", "text_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AreaInline(admin.TabularInline):
    model = models.ServiceArea
    extra = 0
    autocomplete_fields = ("municipality",)


@admin.register(models.Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ("code", "kind", "organisation", "wait_days", "wait_as_of", "assured_date")
    list_select_related = ("kind", "organisation")
    list_filter = (("assured_date", admin.EmptyFieldListFilter), "kind__sector")
    search_fields = ("code", "name_da", "organisation__name")
    autocomplete_fields = ("kind", "organisation")
    raw_id_fields = ("unit", "substitute")
    inlines = (AreaInline,)
    formfield_overrides = {db.URLField: {"assume_scheme": "https"}}


@admin.register(models.ProviderOrganisation)
class ProviderOrganisationAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "sector", "valid_from", "valid_to")
    search_fields = ("code", "name")
    autocomplete_fields = ("municipality", "successor")
    raw_id_fields = ("kept_by",)


@admin.register(models.Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "valid_from", "valid_to")
    search_fields = ("code", "name")
    autocomplete_fields = ("successor",)


@admin.register(models.Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ("key", "code", "name", "valid_from", "valid_to")


@admin.register(models.Term)
class TermAdmin(Coded):
    list_display = ("list", "code", "text_da", "text_en", "rank")
    list_filter = ("list",)


admin.site.register(models.ServiceKind, Coded)
admin.site.register(models.Door, Coded)
admin.site.register(models.Right, Coded)
admin.site.register(models.Obligation, Coded)
admin.site.register(models.DeclineReason, Coded)
admin.site.register(models.Level)
admin.site.register(models.RegionMembership)
admin.site.register(models.RuleSet, ReadOnly)
admin.site.register(models.GapCount, ReadOnly)
admin.site.register(models.OtherDoorCount, ReadOnly)
admin.site.register(models.DirectoryVersion, ReadOnly)
