"""Places and services that a test invents beside the national baseline."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from pathways import models
from pathways.enums import Extent, Sector


class MunicipalityFactory(DjangoModelFactory[models.Municipality]):
    class Meta:
        model = models.Municipality

    code = factory.Sequence(lambda n: f"{9000 + n}")
    name = factory.LazyAttribute(lambda m: f"Prøveby {m.code}")
    authority_name = factory.LazyAttribute(lambda m: f"{m.name} Kommune")
    valid_from = date(2007, 1, 1)


class ProviderOrganisationFactory(DjangoModelFactory[models.ProviderOrganisation]):
    class Meta:
        model = models.ProviderOrganisation

    code = factory.Sequence(lambda n: f"proeve-{n}")
    name = factory.LazyAttribute(lambda o: f"Organisationen {o.code}")
    sector = Sector.CIVIL_SOCIETY
    valid_from = date(2026, 1, 1)


class ServiceFactory(DjangoModelFactory[models.Service]):
    class Meta:
        model = models.Service

    class Params:
        assured = factory.Trait(assured_date=date(2026, 11, 20), assurer_email="leder@kommune-0751.example")

    code = factory.Sequence(lambda n: f"proeve-tilbud-{n}")
    kind_id = "peer_network"
    organisation = factory.SubFactory(ProviderOrganisationFactory)
    name_da = "Prøvetilbud"
    name_en = "Trial service"
    access = ["self"]
    levels = [1]
    languages = ["da"]
    valid_from = date(2026, 1, 1)


class ServiceAreaFactory(DjangoModelFactory[models.ServiceArea]):
    class Meta:
        model = models.ServiceArea

    service = factory.SubFactory(ServiceFactory)
    extent = Extent.MUNICIPALITY
    municipality_id = "0751"
