import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models

import pathways.models.rule_set


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeclineReason",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("allowed", models.BooleanField()),
                ("needs_da", models.CharField(blank=True, max_length=200)),
                ("needs_en", models.CharField(blank=True, max_length=200)),
                ("why_da", models.TextField(blank=True)),
                ("why_en", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Door",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("may_refer", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                ("level", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("means_da", models.TextField()),
                ("means_en", models.TextField()),
                ("source", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["level"],
            },
        ),
        migrations.CreateModel(
            name="Right",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("counts_from_da", models.CharField(max_length=200)),
                ("counts_from_en", models.CharField(max_length=200)),
                ("law", models.CharField(max_length=200)),
                ("as_of", models.CharField(max_length=4)),
                ("verified", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("version", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("document", pathways.models.rule_set.OrderedJSON()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.CharField(
                        blank=True,
                        help_text="The professional owner. Empty: the clinical thresholds are a proposal.",
                        max_length=120,
                    ),
                ),
            ],
            options={
                "ordering": ["version"],
            },
        ),
        migrations.CreateModel(
            name="DirectoryVersion",
            fields=[
                ("only", models.BooleanField(default=True, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0, editable=False)),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", True)), name="directory_version_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Municipality",
            fields=[
                ("code", models.CharField(max_length=4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("authority_name", models.CharField(max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="pathways.municipality",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "municipalities",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^\\d{4}$")), name="municipality_code_four_digits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="municipality_valid_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor__isnull", True), ("valid_to__isnull", False), _connector="OR"),
                        name="municipality_successor_needs_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "strength",
                    models.CharField(
                        choices=[("law", "Law"), ("guideline", "Guideline"), ("policy", "Policy")], max_length=12
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["position", "code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("strength__in", ["law", "guideline", "policy"])),
                        name="obligation_strength_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("code", models.CharField(blank=True, max_length=4, null=True, unique=True)),
                ("iso_3166_2", models.CharField(blank=True, max_length=6, null=True, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="pathways.region",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="region_valid_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor__isnull", True), ("valid_to__isnull", False), _connector="OR"),
                        name="region_successor_needs_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "list",
                    models.CharField(
                        choices=[
                            ("substance_use", "Substance Use"),
                            ("mental_state", "Mental State"),
                            ("function", "Function"),
                            ("substances", "Substances"),
                            ("mental_signs", "Mental Signs"),
                            ("acute_signs", "Acute Signs"),
                            ("social_needs", "Social Needs"),
                            ("circumstances", "Circumstances"),
                            ("roles", "Roles"),
                            ("sides", "Sides"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "answer_type",
                    models.CharField(
                        blank=True, help_text="Circumstances only: bool, int, str or codes with |.", max_length=40
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["list", "position", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("list", "code"), name="term_once_a_list"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "list__in",
                                [
                                    "substance_use",
                                    "mental_state",
                                    "function",
                                    "substances",
                                    "mental_signs",
                                    "acute_signs",
                                    "social_needs",
                                    "circumstances",
                                    "roles",
                                    "sides",
                                ],
                            )
                        ),
                        name="term_list_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderOrganisation",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("municipality", "Municipality"),
                            ("region", "Region"),
                            ("national", "National"),
                            ("gp", "Gp"),
                            ("private", "Private"),
                            ("civil_society", "Civil Society"),
                            ("prison", "Prison"),
                            ("joint", "Joint"),
                        ],
                        max_length=20,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "municipality",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="pathways.municipality",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="pathways.providerorganisation",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="pathways.region",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sector__in",
                                [
                                    "municipality",
                                    "region",
                                    "national",
                                    "gp",
                                    "private",
                                    "civil_society",
                                    "prison",
                                    "joint",
                                ],
                            )
                        ),
                        name="organisation_sector_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="organisation_valid_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor__isnull", True), ("valid_to__isnull", False), _connector="OR"),
                        name="organisation_successor_needs_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegionMembership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="pathways.municipality",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="pathways.region"
                    ),
                ),
            ],
            options={
                "ordering": ["municipality", "valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="membership_valid_order",
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
                            (models.Func("valid_from", "valid_to", function="daterange"), "&&"),
                        ],
                        name="membership_one_region_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceKind",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("text_da", models.CharField(max_length=200)),
                ("text_en", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("municipality", "Municipality"),
                            ("region", "Region"),
                            ("national", "National"),
                            ("gp", "Gp"),
                            ("private", "Private"),
                            ("civil_society", "Civil Society"),
                            ("prison", "Prison"),
                            ("joint", "Joint"),
                        ],
                        max_length=20,
                    ),
                ),
                ("side", models.CharField(max_length=20)),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "access",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("self", "Self"),
                                ("relative", "Relative"),
                                ("professional", "Professional"),
                                ("gp", "Gp"),
                                ("anonymous", "Anonymous"),
                                ("visitation", "Visitation"),
                                ("outreach", "Outreach"),
                                ("emergency", "Emergency"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("minimum_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("maximum_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("law", models.CharField(blank=True, max_length=200)),
                ("law_as_of", models.CharField(blank=True, max_length=4)),
                ("guarantee_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("free_choice", models.BooleanField(default=False)),
                ("digital", models.BooleanField(default=False)),
                ("note_da", models.TextField(blank=True)),
                ("note_en", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("rights", models.ManyToManyField(blank=True, related_name="kinds", to="pathways.right")),
            ],
            options={
                "ordering": ["position", "code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sector__in",
                                [
                                    "municipality",
                                    "region",
                                    "national",
                                    "gp",
                                    "private",
                                    "civil_society",
                                    "prison",
                                    "joint",
                                ],
                            )
                        ),
                        name="kind_sector_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "access__contained_by",
                                [
                                    "self",
                                    "relative",
                                    "professional",
                                    "gp",
                                    "anonymous",
                                    "visitation",
                                    "outreach",
                                    "emergency",
                                ],
                            )
                        ),
                        name="kind_access_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_age__isnull", True),
                            ("maximum_age__isnull", True),
                            ("minimum_age__lte", models.F("maximum_age")),
                            _connector="OR",
                        ),
                        name="kind_age_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=80, unique=True)),
                ("name_da", models.CharField(max_length=160)),
                ("name_en", models.CharField(max_length=160)),
                ("minimum_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("maximum_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "access",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("self", "Self"),
                                ("relative", "Relative"),
                                ("professional", "Professional"),
                                ("gp", "Gp"),
                                ("anonymous", "Anonymous"),
                                ("visitation", "Visitation"),
                                ("outreach", "Outreach"),
                                ("emergency", "Emergency"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), default=list, help_text="ISO 639-1 codes.", size=None
                    ),
                ),
                ("interpretation_services", models.BooleanField(default=False)),
                ("accessibility_da", models.CharField(blank=True, max_length=200)),
                ("accessibility_en", models.CharField(blank=True, max_length=200)),
                ("digital", models.BooleanField(default=False, help_text="The help itself is given online.")),
                (
                    "contactable_digitally",
                    models.BooleanField(default=False, help_text="A warm hand-over can be made through the portal."),
                ),
                ("wait_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("wait_as_of", models.DateField(blank=True, null=True)),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Places free on the date of the wait.", null=True
                    ),
                ),
                ("legal_basis", models.CharField(blank=True, max_length=200)),
                ("legal_basis_as_of", models.CharField(blank=True, max_length=4)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "second_email",
                    models.EmailField(
                        blank=True,
                        help_text="Where a code goes that must not go with the link, where there is no mobile telephone.",
                        max_length=254,
                    ),
                ),
                ("url", models.URLField(blank=True)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("opening_hours_da", models.CharField(blank=True, max_length=200)),
                ("opening_hours_en", models.CharField(blank=True, max_length=200)),
                ("note_da", models.TextField(blank=True)),
                ("note_en", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("assured_date", models.DateField(blank=True, null=True)),
                ("assurer_email", models.EmailField(blank=True, max_length=254)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="pathways.providerorganisation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        help_text="The unit in the portal that receives for this service; empty: it has no account.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="accounts.unit",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="services", to="pathways.servicekind"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="service_valid_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "access__contained_by",
                                [
                                    "self",
                                    "relative",
                                    "professional",
                                    "gp",
                                    "anonymous",
                                    "visitation",
                                    "outreach",
                                    "emergency",
                                ],
                            )
                        ),
                        name="service_access_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_age__isnull", True),
                            ("maximum_age__isnull", True),
                            ("minimum_age__lte", models.F("maximum_age")),
                            _connector="OR",
                        ),
                        name="service_age_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wait_days__isnull", True), ("wait_as_of__isnull", False), _connector="OR"),
                        name="service_wait_has_its_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("assured_date__isnull", True), ("assurer_email", "")),
                            models.Q(("assured_date__isnull", False), models.Q(("assurer_email", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="service_assured_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OtherDoorCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField(help_text="The first day of the month.")),
                ("rule_set_version", models.CharField(max_length=20)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("wish", "The citizen wishes it"),
                            ("known", "The citizen knows the place, or has been helped there before"),
                            ("nearer", "It is nearer or easier to get to"),
                            ("sooner", "The wait is shorter"),
                            ("no_room", "The suggested service cannot take the citizen"),
                            ("not_fitting", "The suggestions do not fit the need"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "chosen_kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.servicekind"
                    ),
                ),
                (
                    "matched_kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.servicekind"
                    ),
                ),
            ],
            options={
                "ordering": ["month", "rule_set_version", "matched_kind", "chosen_kind", "reason"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "rule_set_version", "matched_kind", "chosen_kind", "reason"),
                        name="other_door_count_once_a_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="other_door_count_first_of_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["wish", "known", "nearer", "sooner", "no_room", "not_fitting", "other"])
                        ),
                        name="other_door_count_reason_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GapCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField(help_text="The first day of the month.")),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.municipality"
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.servicekind"
                    ),
                ),
            ],
            options={
                "ordering": ["month", "kind", "municipality"],
                "constraints": [
                    models.UniqueConstraint(fields=("month", "kind", "municipality"), name="gap_count_once_a_month"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="gap_count_first_of_month"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceArea",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "extent",
                    models.CharField(
                        choices=[("national", "National"), ("region", "Region"), ("municipality", "Municipality")],
                        max_length=12,
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.municipality",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.region",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="areas", to="pathways.service"
                    ),
                ),
            ],
            options={
                "ordering": ["service", "extent", "region", "municipality"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "region", "municipality"), name="service_area_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("extent", "national"), ("municipality__isnull", True), ("region__isnull", True)),
                            models.Q(("extent", "region"), ("municipality__isnull", True), ("region__isnull", False)),
                            models.Q(
                                ("extent", "municipality"), ("municipality__isnull", False), ("region__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="service_area_names_its_extent",
                    ),
                ],
            },
        ),
    ]
