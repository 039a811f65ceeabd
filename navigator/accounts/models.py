"""Who works here: organisations, their units, users and what each may do in which unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

four_digits = models.Q(municipality__regex=r"^[0-9]{4}$")


class Organisation(models.Model):
    """A municipality's jobcentre, a school, a hospital: who is answerable in law."""

    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200, unique=True)
    # What its privacy notice says besides what is the same for all (GDPR art. 13 and 14).
    contact = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("Address, telephone and e-mail, for citizens"),
    )
    dpo_contact = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text=_("How its data protection adviser is reached")
    )
    legal_basis_da = models.TextField(
        blank=True, default="", db_default="", help_text=_("Which laws it relies on, in plain words")
    )
    legal_basis_en = models.TextField(blank=True, default="", db_default="")
    kept_da = models.TextField(
        blank=True, default="", db_default="", help_text=_("How long data are kept, in plain words")
    )
    kept_en = models.TextField(blank=True, default="", db_default="")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """The group of people who see each other's cases: the scope of everything about people."""

    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=200)
    door = models.CharField(max_length=40, help_text=_("The vocabulary's code of the door, e.g. jobcenter"))
    municipality = models.CharField(max_length=4, help_text=_("Four digits; prefilled in a new case"))
    email = models.EmailField(blank=True, help_text=_("The unit's shared mailbox, for notices"))
    phone = models.CharField(max_length=30, blank=True)
    secure_channel = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where papers are sent: an address for secure post or Digital Post"),
    )
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="unit_name_once_in_organisation"),
            models.CheckConstraint(condition=four_digits, name="unit_municipality_is_four_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}, {self.name}"


class CoordinatorCover(models.Model):
    """Which unit coordinates open hand-offs for a municipality, and when. A municipality without one is not connected."""

    keeps_history = True

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="covers")
    municipality = models.CharField(max_length=4)
    valid = DateRangeField(help_text=_("Half-open: from the first day until, not including, the last"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=four_digits, name="cover_municipality_is_four_digits"),
            ExclusionConstraint(
                name="one_coordinator_unit_a_municipality_a_day",
                expressions=[
                    (
                        models.Func(
                            Cast("municipality", models.IntegerField()),
                            Cast("municipality", models.IntegerField()),
                            models.Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}: {self.unit}"


def coordinator_unit(municipality: str, *, on: date) -> Unit | None:
    """The unit that coordinates for this municipality on this day; None where it is not connected."""
    cover = (
        CoordinatorCover.objects.filter(municipality=municipality, valid__contains=on).select_related("unit").first()
    )
    return cover.unit if cover else None


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


NO_ADDRESS = "staff.invalid"  # a user needs an address; that of staff who sign in elsewhere is not kept


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do stands in their memberships."""

    keeps_history = True
    history_hides = ("password",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="da")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text=_("May open the administration of reference data"))

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_address(self) -> bool:
        """Can an e-mail reach this worker? Else their unit's mailbox is told."""
        return not self.email.endswith(f"@{NO_ADDRESS}")


class Role(models.TextChoices):
    FRONTLINE = "frontline", _("Frontline")
    RECEIVER = "receiver", _("Receiving service")
    COORDINATOR = "coordinator", _("Coordinator")
    UNIT_LEADER = "unit_leader", _("Unit leader")
    DIRECTORY_EDITOR = "directory_editor", _("Editor of services")
    RULE_EDITOR = "rule_editor", _("Editor of rules")
    AUDITOR = "auditor", _("Auditor")
    LOCAL_ADMIN = "local_admin", _("Local administrator")
    ADMINISTRATOR = "administrator", _("Administrator")


class Notices(models.TextChoices):
    """How a worker wants to be told by e-mail. What is urgent comes at once whatever they have chosen."""

    SINGLE = "single", _("One message for each notice")
    DIGEST = "digest", _("One message a day")


class Membership(models.Model):
    """One user's role in one unit, while it lasts."""

    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    notices = models.CharField(
        max_length=10, choices=Notices.choices, default=Notices.SINGLE, db_default=Notices.SINGLE
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="membership_once_while_it_lasts",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"


class Session(AbstractBaseSession):
    """One browser that somebody is signed in at: from when, when it was last used, and which kind it is. No IP address."""

    id = models.UUIDField(default=uuid7, editable=False, unique=True, help_text=_("Names it in a form; opens nothing"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=60, blank=True)

    class Meta(AbstractBaseSession.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user=None) | models.Q(began_at__isnull=False, used_at__isnull=False),
                name="session_of_a_user_has_times",
            )
        ]


class StaffMapping(models.Model):
    """What an identity provider's words mean here: who comes with this organisation and this role works in this unit."""

    keeps_history = True

    provider = models.CharField(max_length=40, help_text=_("The provider's id in NAVIGATOR_OIDC"))
    organisation = models.CharField(max_length=200, help_text=_("As the provider says it, e.g. a CVR number"))
    role_claim = models.CharField(max_length=200, help_text=_("As the provider says it"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="staff_mappings")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "organisation", "role_claim", "unit", "role"], name="staff_mapping_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_mapping_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.organisation}, {self.role_claim}"


class Invitation(models.Model):
    """Somebody is asked to work here. The link comes by e-mail, opens once and soon ends; of its token only the hash is kept."""

    LASTS = timedelta(days=3)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    email = models.EmailField()
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True, help_text=_("When the worker is to send it; none: sent or given up"))
    tries_to_send = models.PositiveSmallIntegerField(default=0)
    opens_with = models.BinaryField(null=True, unique=True, help_text=_("The hash of the link's token"))
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "role", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_once_while_it_is_open",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_is_known"),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], condition=models.Q(send_at__isnull=False), name="invitation_to_send"
            ),  # delivery/invitations.py
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"

    def is_open(self, now: datetime) -> bool:
        """Sent, not yet used, not withdrawn and not too old."""
        return not (self.accepted_at or self.withdrawn_at) and self.expires_at is not None and now < self.expires_at


class Change(models.TextChoices):
    """What a local administrator may have done."""

    INVITED = "invited", _("Invited")
    WITHDREW = "withdrew", _("Invitation withdrawn")
    JOINED = "joined", _("Has accepted the invitation")
    MOVED = "moved", _("Moved")
    ENDED = "ended", _("Does not work in the unit any more")
    LEFT = "left", _("Access has ended")
    LET_IN = "let_in", _("Let in again")
    OPENED = "opened", _("Unit opened")
    CHANGED = "changed", _("Unit changed")
    CLOSED = "closed", _("Unit closed")


class StaffChange(models.Model):
    """Who works where was changed: by whom, when, what. Added to and never changed."""

    never_changed = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=Change.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    detail = models.CharField(max_length=500, blank=True, help_text=_("The address invited; the unit as it was before"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(what__in=Change.values), name="staff_change_is_known"),
        ]
        indexes = [models.Index(fields=["organisation", "-at", "-id"], name="staff_change_latest")]  # staffing.changes

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"
