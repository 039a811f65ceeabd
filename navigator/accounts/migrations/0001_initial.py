import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "contact",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Address, telephone and e-mail, for citizens",
                        max_length=300,
                    ),
                ),
                (
                    "dpo_contact",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="How its data protection adviser is reached",
                        max_length=300,
                    ),
                ),
                (
                    "legal_basis_da",
                    models.TextField(
                        blank=True, db_default="", default="", help_text="Which laws it relies on, in plain words"
                    ),
                ),
                ("legal_basis_en", models.TextField(blank=True, db_default="", default="")),
                (
                    "kept_da",
                    models.TextField(
                        blank=True, db_default="", default="", help_text="How long data are kept, in plain words"
                    ),
                ),
                ("kept_en", models.TextField(blank=True, db_default="", default="")),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("language", models.CharField(default="da", max_length=2)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "is_staff",
                    models.BooleanField(default=False, help_text="May open the administration of reference data"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "door",
                    models.CharField(help_text="The vocabulary's code of the door, e.g. jobcenter", max_length=40),
                ),
                ("municipality", models.CharField(help_text="Four digits; prefilled in a new case", max_length=4)),
                (
                    "email",
                    models.EmailField(blank=True, help_text="The unit's shared mailbox, for notices", max_length=254),
                ),
                ("phone", models.CharField(blank=True, max_length=30)),
                (
                    "secure_channel",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Where papers are sent: an address for secure post or Digital Post",
                        max_length=200,
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="units", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "name"), name="unit_name_once_in_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("municipality__regex", "^[0-9]{4}$")),
                        name="unit_municipality_is_four_digits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        help_text="Names it in a form; opens nothing",
                        unique=True,
                    ),
                ),
                ("began_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("browser", models.CharField(blank=True, max_length=60)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user", None),
                            models.Q(("began_at__isnull", False), ("used_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="session_of_a_user_has_times",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(help_text="The provider's id in NAVIGATOR_OIDC", max_length=40)),
                (
                    "organisation",
                    models.CharField(help_text="As the provider says it, e.g. a CVR number", max_length=200),
                ),
                ("role_claim", models.CharField(help_text="As the provider says it", max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("frontline", "Frontline"),
                            ("receiver", "Receiving service"),
                            ("coordinator", "Coordinator"),
                            ("unit_leader", "Unit leader"),
                            ("directory_editor", "Editor of services"),
                            ("rule_editor", "Editor of rules"),
                            ("auditor", "Auditor"),
                            ("local_admin", "Local administrator"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="staff_mappings", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "organisation", "role_claim", "unit", "role"), name="staff_mapping_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "frontline",
                                    "receiver",
                                    "coordinator",
                                    "unit_leader",
                                    "directory_editor",
                                    "rule_editor",
                                    "auditor",
                                    "local_admin",
                                    "administrator",
                                ],
                            )
                        ),
                        name="staff_mapping_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("withdrew", "Invitation withdrawn"),
                            ("joined", "Has accepted the invitation"),
                            ("moved", "Moved"),
                            ("ended", "Does not work in the unit any more"),
                            ("left", "Access has ended"),
                            ("let_in", "Let in again"),
                            ("opened", "Unit opened"),
                            ("changed", "Unit changed"),
                            ("closed", "Unit closed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("frontline", "Frontline"),
                            ("receiver", "Receiving service"),
                            ("coordinator", "Coordinator"),
                            ("unit_leader", "Unit leader"),
                            ("directory_editor", "Editor of services"),
                            ("rule_editor", "Editor of rules"),
                            ("auditor", "Auditor"),
                            ("local_admin", "Local administrator"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "detail",
                    models.CharField(
                        blank=True, help_text="The address invited; the unit as it was before", max_length=500
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-at", "-id"], name="staff_change_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "what__in",
                                [
                                    "invited",
                                    "withdrew",
                                    "joined",
                                    "moved",
                                    "ended",
                                    "left",
                                    "let_in",
                                    "opened",
                                    "changed",
                                    "closed",
                                ],
                            )
                        ),
                        name="staff_change_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("frontline", "Frontline"),
                            ("receiver", "Receiving service"),
                            ("coordinator", "Coordinator"),
                            ("unit_leader", "Unit leader"),
                            ("directory_editor", "Editor of services"),
                            ("rule_editor", "Editor of rules"),
                            ("auditor", "Auditor"),
                            ("local_admin", "Local administrator"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "notices",
                    models.CharField(
                        choices=[("single", "One message for each notice"), ("digest", "One message a day")],
                        db_default="single",
                        default="single",
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user", "unit", "role"),
                        name="membership_once_while_it_lasts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "frontline",
                                    "receiver",
                                    "coordinator",
                                    "unit_leader",
                                    "directory_editor",
                                    "rule_editor",
                                    "auditor",
                                    "local_admin",
                                    "administrator",
                                ],
                            )
                        ),
                        name="membership_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("frontline", "Frontline"),
                            ("receiver", "Receiving service"),
                            ("coordinator", "Coordinator"),
                            ("unit_leader", "Unit leader"),
                            ("directory_editor", "Editor of services"),
                            ("rule_editor", "Editor of rules"),
                            ("auditor", "Auditor"),
                            ("local_admin", "Local administrator"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("invited_at", models.DateTimeField()),
                (
                    "send_at",
                    models.DateTimeField(help_text="When the worker is to send it; none: sent or given up", null=True),
                ),
                ("tries_to_send", models.PositiveSmallIntegerField(default=0)),
                ("opens_with", models.BinaryField(help_text="The hash of the link's token", null=True, unique=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("send_at__isnull", False)), fields=["send_at"], name="invitation_to_send"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                        fields=("unit", "role", "email"),
                        name="invitation_once_while_it_is_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "frontline",
                                    "receiver",
                                    "coordinator",
                                    "unit_leader",
                                    "directory_editor",
                                    "rule_editor",
                                    "auditor",
                                    "local_admin",
                                    "administrator",
                                ],
                            )
                        ),
                        name="invitation_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoordinatorCover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("municipality", models.CharField(max_length=4)),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        help_text="Half-open: from the first day until, not including, the last"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covers", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("municipality__regex", "^[0-9]{4}$")),
                        name="cover_municipality_is_four_digits",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    django.db.models.functions.comparison.Cast("municipality", models.IntegerField()),
                                    django.db.models.functions.comparison.Cast("municipality", models.IntegerField()),
                                    models.Value("[]"),
                                    function="int4range",
                                ),
                                "&&",
                            ),
                            ("valid", "&&"),
                        ],
                        name="one_coordinator_unit_a_municipality_a_day",
                    ),
                ],
            },
        ),
    ]
