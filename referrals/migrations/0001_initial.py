import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields
import referrals.models.case


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("pathways", "0004_services_close_for_a_time"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE referrals_case_number START 100001",
            reverse_sql="DROP SEQUENCE referrals_case_number",
        ),
        migrations.CreateModel(
            name="BounceReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(help_text="The idempotency key that the message carried")),
                ("reported_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("version", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("document", models.JSONField()),
                ("published_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("snooze", "Put off"),
                            ("done", "Done: there was contact"),
                            ("assign", "Give to a colleague"),
                        ],
                        max_length=10,
                    ),
                ),
                ("until", models.DateField(help_text="Put off until this day", null=True)),
                (
                    "because",
                    navigator.vault.fields.SealedTextField(
                        blank=True,
                        default=b"",
                        help_text="Wiped when the job has ended: it is kept in the history of each case",
                    ),
                ),
                ("language", models.CharField(default="da", max_length=2)),
                ("total", models.PositiveSmallIntegerField()),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("failed", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "to_worker",
                    models.ForeignKey(
                        help_text="Who is to have the cases",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["id"], name="bulk_to_do")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["snooze", "done", "assign"])), name="bulk_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "assign"), ("to_worker__isnull", False)),
                            models.Q(models.Q(("kind", "assign"), _negated=True), ("to_worker__isnull", True)),
                            _connector="OR",
                        ),
                        name="bulk_says_to_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "done__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("total"), "-", models.F("failed")
                                ),
                            )
                        ),
                        name="bulk_counts_each_row_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("started_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "data_key",
                    models.OneToOneField(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, to="vault.datakey"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit", "worker", "-updated_at"], name="draft_of_worker"),
                    models.Index(fields=["updated_at"], name="draft_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "held_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        editable=False,
                        help_text="Every unit that holds a case of this person",
                        size=None,
                    ),
                ),
                ("name", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("pseudonym", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("cpr", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("birth_date", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("phone", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("address", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("email", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "safe_channel",
                    models.CharField(
                        choices=[
                            ("in_app", "Here"),
                            ("email", "E-mail"),
                            ("sms", "SMS"),
                            ("phone", "Telephone"),
                            ("letter", "Letter"),
                            ("visit", "A visit"),
                        ],
                        default="phone",
                        help_text="How it is safe to reach the citizen",
                        max_length=10,
                    ),
                ),
                (
                    "do_not_contact",
                    models.BooleanField(default=False, help_text="Nobody writes or calls, e.g. after violence"),
                ),
                ("paused_until", models.DateTimeField(help_text="Reminders to the citizen are paused", null=True)),
                (
                    "language",
                    models.CharField(
                        default="da", help_text="The language that the citizen is written to in", max_length=10
                    ),
                ),
                (
                    "protected_until",
                    models.DateField(
                        help_text="Name and address are protected (CPR-lov § 28). When that day is over, until it is lifted",
                        null=True,
                    ),
                ),
                (
                    "data_key",
                    models.OneToOneField(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, to="vault.datakey"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        help_text="Where it was registered",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("held_by__len__gte", 1)), name="person_is_held_by_somebody"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRound",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("approved", models.BooleanField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("unit",),
                        name="retention_asked_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("answered_by", None), ("approved", None)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("approved__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="retention_answered_at_by_and_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by", None),
                            models.Q(("answered_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="retention_takes_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("arrived", "The citizen has arrived"),
                            ("self_resolved", "The need is met in another way"),
                            ("withdrawn", "The citizen does not want help now"),
                            ("lost_contact", "Contact was lost"),
                            ("deceased", "The citizen has died"),
                            ("moved", "The citizen has moved out of the country"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("substance", "Substance treatment"),
                            ("psychiatry", "Psychiatry"),
                            ("social", "Social support"),
                        ],
                        help_text="Empty: any",
                        max_length=10,
                    ),
                ),
                (
                    "restrict_after",
                    models.PositiveSmallIntegerField(help_text="Months after the last step on the case"),
                ),
                (
                    "dispose_after",
                    models.PositiveSmallIntegerField(help_text="Months likewise; none: never", null=True),
                ),
                ("basis_da", models.CharField(max_length=300)),
                ("basis_en", models.CharField(max_length=300)),
                ("source", models.CharField(max_length=300)),
                (
                    "strength",
                    models.CharField(
                        choices=[
                            ("law", "The law says so"),
                            ("archive", "A rule of the archives"),
                            ("practice", "Practice"),
                            ("proposal", "Our own proposal"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "confirmed_by",
                    models.CharField(
                        blank=True,
                        help_text="Who has confirmed it for the authority. Until then it restricts and disposes of nothing",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("outcome", "side"), name="retention_rule_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["arrived", "self_resolved", "withdrawn", "lost_contact", "deceased", "moved"],
                            )
                        ),
                        name="retention_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["", "substance", "psychiatry", "social"])),
                        name="retention_side_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dispose_after", None), ("dispose_after__gte", models.F("restrict_after")), _connector="OR"
                        ),
                        name="retention_restricts_before_it_disposes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=referrals.models.case.NextCaseNumber(), editable=False, unique=True
                    ),
                ),
                (
                    "door",
                    models.CharField(help_text="Where the person turned up; a code of the vocabulary", max_length=40),
                ),
                ("municipality", models.CharField(max_length=4)),
                (
                    "first_contact_on",
                    models.DateField(help_text="The day that every guarantee counts from, at whatever door"),
                ),
                ("wishes", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("arrived", "The citizen has arrived"),
                            ("self_resolved", "The need is met in another way"),
                            ("withdrawn", "The citizen does not want help now"),
                            ("lost_contact", "Contact was lost"),
                            ("deceased", "The citizen has died"),
                            ("moved", "The citizen has moved out of the country"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "restricted_at",
                    models.DateTimeField(
                        help_text="Locked: nothing in it is changed; a closed case is in no ordinary list or search either",
                        null=True,
                    ),
                ),
                (
                    "disposed_at",
                    models.DateTimeField(help_text="The person's key is destroyed: no text can be read", null=True),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        help_text="Who is responsible for the citizen",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_cases",
                        to="accounts.unit",
                    ),
                ),
                (
                    "owner_worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="referrals.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["owner_unit", "opened_at"],
                        name="case_open_by_owner",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False), ("disposed_at__isnull", True)),
                        fields=["owner_unit", "closed_at"],
                        name="case_kept_by_owner",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("disposed_at", None), ("closed_at__isnull", False), _connector="OR"),
                        name="case_is_closed_before_it_is_disposed_of",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("disposed_at", None), ("restricted_at__isnull", False), _connector="OR"),
                        name="case_is_restricted_before_it_is_disposed_of",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("outcome", "")),
                            models.Q(
                                ("closed_at__isnull", False),
                                (
                                    "outcome__in",
                                    ["arrived", "self_resolved", "withdrawn", "lost_contact", "deceased", "moved"],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="case_is_open_or_has_an_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cpr", "CPR number"),
                            ("phone", "Telephone"),
                            ("full_name", "Full name"),
                            ("name_start", "How a part of a name begins"),
                            ("protected", "Any of them, of somebody with protected name and address"),
                        ],
                        max_length=10,
                    ),
                ),
                ("digest", models.BinaryField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="referrals.person"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "digest"], name="person_key_search")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "cpr")), fields=("unit", "digest"), name="cpr_once_within_a_unit"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("linked_at", models.DateTimeField()),
                ("unlinked_at", models.DateTimeField(null=True)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.person"
                    ),
                ),
                (
                    "linked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.person"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "unlinked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="link_is_in_order"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("unlinked_at__isnull", True)),
                        fields=("unit", "first", "second"),
                        name="link_once_while_it_lasts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unlinked_at__isnull", True), ("unlinked_by__isnull", True)),
                            models.Q(("unlinked_at__isnull", False), ("unlinked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="unlinked_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "next_door",
                    models.BooleanField(
                        default=False,
                        help_text="If this service cannot help, the one that it names may be told the same",
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("identity", "Who the citizen is"),
                                ("contact", "How to reach the citizen"),
                                ("needs", "What help is needed, and for what"),
                                ("wishes", "What the citizen wishes"),
                                ("message", "A message from the sender"),
                                ("whole_case", "Everything on the case"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("help", "That the service can help"),
                            ("answer_for", "That another unit can take responsibility for the citizen"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("oral", "Spoken"),
                            ("written", "In writing"),
                            ("paper", "On paper that is kept elsewhere"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "given_by",
                    models.CharField(
                        choices=[
                            ("citizen", "The citizen"),
                            ("custody_sole", "The one parent who has custody"),
                            ("custody_both", "Both who share custody"),
                            ("custody_one", "One of two who share custody; it is no essential matter"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "custody",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("informed", "They know, and have been heard"),
                            ("later", "They are to be told: it becomes a task"),
                            ("not_told", "They are not told: it would harm the young person"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "child_says",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="In the child's own words, from 10 years on"
                    ),
                ),
                (
                    "paper_at",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="Where the paper or its scan lies; nothing is uploaded here"
                    ),
                ),
                (
                    "note",
                    navigator.vault.fields.SealedTextField(
                        blank=True,
                        default=b"",
                        help_text="Why a spoken yes is enough; why those with custody are not told",
                    ),
                ),
                ("text_version", models.CharField(help_text="The words that were read or shown", max_length=12)),
                ("given_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        help_text="Who may tell",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "to_service",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.service"
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="Whom the data are about",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="referrals.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["from_unit", "expires_at"], name="consent_runs_out")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("to_service__isnull", False), ("to_unit__isnull", True)),
                            models.Q(("next_door", False), ("to_service__isnull", True), ("to_unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="consent_is_to_one_receiver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("given_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("given_at"), "+", models.Value(datetime.timedelta(days=365))
                                ),
                            ),
                        ),
                        name="consent_lasts_a_year_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "categories__contained_by",
                                ["identity", "contact", "needs", "wishes", "message", "whole_case"],
                            ),
                            ("categories__len__gte", 1),
                        ),
                        name="consent_categories_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["help", "answer_for"])), name="consent_purpose_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ["oral", "written", "paper"])), name="consent_form_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_by__in", ["citizen", "custody_sole", "custody_both", "custody_one"])
                        ),
                        name="consent_giver_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("custody__in", ["", "informed", "later", "not_told"])),
                        name="consent_custody_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("form", "paper"), _negated=True),
                            models.Q(("paper_at", b""), _negated=True),
                            _connector="OR",
                        ),
                        name="consent_on_paper_lies_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "sides",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("substance", "Substance treatment"),
                                ("psychiatry", "Psychiatry"),
                                ("social", "Social support"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        help_text="acute, primary, parallel, support or fallback, as matched", max_length=10
                    ),
                ),
                (
                    "other_door",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wish", "The citizen wishes it"),
                            ("known", "The citizen knows the place, or has been helped there before"),
                            ("nearer", "It is nearer or easier to get to"),
                            ("sooner", "The wait is shorter"),
                            ("no_room", "The suggested service cannot take the citizen"),
                            ("not_fitting", "The suggestions do not fit the need"),
                            ("other", "Something else"),
                        ],
                        db_default="",
                        default="",
                        help_text="Why another door than the matched ones",
                        max_length=12,
                    ),
                ),
                (
                    "chosen_because",
                    navigator.vault.fields.SealedTextField(blank=True, default=b"", help_text="The same in words"),
                ),
                (
                    "guest",
                    models.UUIDField(
                        help_text="What a secure link opens with, where the service has no account", null=True
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("ordinary", "Ordinary"), ("acute", "Acute")], default="ordinary", max_length=10
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Sent"),
                            ("seen", "Seen by the service"),
                            ("question", "Information is missing"),
                            ("accepted", "Accepted"),
                            ("waitlisted", "On a waiting list"),
                            ("booked", "Time agreed"),
                            ("visit_cancelled", "The visit was cancelled"),
                            ("no_show", "Did not come"),
                            ("return_asked", "The service wants to return it"),
                            ("arrived", "Has arrived"),
                            ("in_course", "In a programme"),
                            ("closed", "The programme has ended"),
                            ("returned", "Returned, with the next door"),
                            ("withdrawn", "Withdrawn by the citizen"),
                            ("cancelled", "Cancelled by the sender"),
                            ("lost_contact", "Contact was lost"),
                            ("deceased", "The citizen has died"),
                            ("moved", "The citizen has moved"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("status_since", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "handed_over_at",
                    models.DateTimeField(help_text="The relay took the message; not yet delivered", null=True),
                ),
                ("bounced_at", models.DateTimeField(help_text="The message came back", null=True)),
                ("appointment_at", models.DateTimeField(null=True)),
                ("visits_cancelled", models.PositiveSmallIntegerField(default=0, help_text="By the service")),
                ("waits_until", models.DateField(help_text="On a waiting list: the date that was given", null=True)),
                ("interpreter_ordered", models.BooleanField(help_text="None: nobody has asked", null=True)),
                ("return_reason", models.CharField(blank=True, help_text="A code of the vocabulary", max_length=40)),
                (
                    "arrived_by_evidence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("receiver", "The service has met the citizen"),
                            ("companion", "A professional went along"),
                            ("citizen", "The citizen says so, and it was confirmed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("arrived_at", models.DateTimeField(null=True)),
                (
                    "is_protected",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The citizen's name and address are protected; as on the person",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        help_text="The attempt before",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="referrals.referral",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "receiver_unit",
                    models.ForeignKey(
                        help_text="None: the service has no account here",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "returned_to",
                    models.ForeignKey(
                        help_text="The next door that was named",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.service",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.service"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["receiver_unit", "status", "status_since"], name="referral_inbox"),
                    models.Index(
                        condition=models.Q(("appointment_at__isnull", False)),
                        fields=["receiver_unit", "appointment_at", "id"],
                        name="referral_visits",
                    ),
                    models.Index(
                        condition=models.Q(("status", "arrived")),
                        fields=["sender_unit", "-status_since", "-id"],
                        name="referral_arrived",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "sent",
                                    "seen",
                                    "question",
                                    "accepted",
                                    "waitlisted",
                                    "booked",
                                    "visit_cancelled",
                                    "no_show",
                                    "return_asked",
                                    "arrived",
                                    "in_course",
                                    "closed",
                                    "returned",
                                    "withdrawn",
                                    "cancelled",
                                    "lost_contact",
                                    "deceased",
                                    "moved",
                                ],
                            )
                        ),
                        name="referral_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "other_door__in",
                                ["", "wish", "known", "nearer", "sooner", "no_room", "not_fitting", "other"],
                            )
                        ),
                        name="referral_other_door_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sides__contained_by", ["substance", "psychiatry", "social"])),
                        name="referral_sides_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "returned"), _negated=True),
                            models.Q(("return_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="referral_returned_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "waitlisted"), _negated=True),
                            ("waits_until__isnull", False),
                            _connector="OR",
                        ),
                        name="referral_waits_until_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "booked"), _negated=True),
                            ("appointment_at__isnull", False),
                            _connector="OR",
                        ),
                        name="referral_booked_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["arrived", "in_course", "closed"]), _negated=True),
                            models.Q(
                                ("arrived_at__isnull", False), models.Q(("arrived_by_evidence", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="referral_arrived_with_evidence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            ("sent_at__isnull", False),
                            ("status__in", ["cancelled", "deceased", "moved"]),
                            _connector="OR",
                        ),
                        name="referral_beyond_draft_was_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasuredCase",
            fields=[
                ("case_number", models.BigIntegerField()),
                (
                    "is_protected",
                    models.BooleanField(help_text="Name and address are protected: no place leaves the unit"),
                ),
                (
                    "is_restricted",
                    models.BooleanField(help_text="The case is locked: it counts, and its number is not shown"),
                ),
                ("door", models.CharField(max_length=40)),
                ("municipality", models.CharField(max_length=4)),
                ("month", models.DateField(help_text="The first day of the month in which it began")),
                ("began_at", models.DateTimeField(help_text="The referral was sent; the case was opened")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="measured",
                        serialize=False,
                        to="referrals.case",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("helped_at", models.DateTimeField(help_text="The first arrival on a side of the case", null=True)),
                ("days_to_help", models.PositiveIntegerField(help_text="From first contact, in whole days", null=True)),
                (
                    "doors_to_help",
                    models.PositiveSmallIntegerField(help_text="Referrals sent until then, that one too", null=True),
                ),
                ("guarantee_met", models.BooleanField(help_text="A statutory deadline was kept")),
                ("guarantee_late", models.BooleanField(help_text="One was passed before it stopped")),
                ("guarantee_due_at", models.DateTimeField(help_text="The first of those that still run", null=True)),
                (
                    "plan_meet_by",
                    models.DateField(help_text="The last day for the next meeting; none: there is no plan", null=True),
                ),
                ("plan_met_late", models.BooleanField(help_text="More than six months once lay between two meetings")),
                (
                    "gaps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        help_text="Kinds that are not available there",
                        size=None,
                    ),
                ),
                (
                    "unserved",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        help_text="Matched kinds without a service",
                        size=None,
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "helped_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.service"
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["origin_unit", "began_at"], name="measured_case_by_origin"),
                    models.Index(fields=["owner_unit", "began_at"], name="measured_case_by_owner"),
                    models.Index(fields=["coordinator_unit", "began_at"], name="measured_case_by_coordin"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("answers", models.JSONField(help_text="Codes of the vocabulary only; no name, no free text")),
                ("rule_set_version", models.CharField(max_length=20)),
                ("directory_version", models.CharField(max_length=40)),
                ("level", models.PositiveSmallIntegerField()),
                ("side", models.CharField(max_length=10)),
                ("explanation", models.JSONField(help_text="The whole answer of the match, frozen, in both languages")),
                ("assessed_at", models.DateTimeField()),
                (
                    "assessed_by",
                    models.ForeignKey(
                        help_text="None: the citizen, in a self-check",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="referrals.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answers__age", 17)), fields=["owner_unit"], name="assessment_soon_18_owner"
                    ),
                    models.Index(
                        condition=models.Q(("answers__age", 17)),
                        fields=["coordinator_unit"],
                        name="assessment_soon_18_coordinator",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 4)), name="assessment_level_1_to_4"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("citizen", "The citizen, who is under 18"),
                            ("at_home", "A child in the citizen's home"),
                            ("unborn", "A child who is not born yet"),
                            ("another", "Another child"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "The municipality's own form on the internet"),
                            ("phone", "Telephone"),
                            ("secure_mail", "Secure mail"),
                            ("letter", "Letter"),
                            ("in_person", "In person"),
                        ],
                        max_length=12,
                    ),
                ),
                ("municipality", models.CharField(help_text="Which municipality was notified", max_length=4)),
                (
                    "to_whom",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="Who received it, as far as it is known"
                    ),
                ),
                (
                    "note",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="What helps to find it again; not the notification itself"
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("receipt_due_at", models.DateTimeField()),
                ("receipt_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "receipt_noted_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("receipt_at__isnull", True)),
                        fields=["unit", "receipt_due_at"],
                        name="concern_without_receipt",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("about__in", ["citizen", "at_home", "unborn", "another"])),
                        name="concern_about_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["online", "phone", "secure_mail", "letter", "in_person"])),
                        name="concern_channel_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("receipt_at__isnull", True), ("receipt_noted_by__isnull", True)),
                            models.Q(("receipt_at__gte", models.F("sent_at")), ("receipt_noted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="concern_receipt_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "number",
                    models.CharField(help_text="The case number, for those who may not see the case", max_length=20),
                ),
                ("reason", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        editable=False,
                        help_text="The units whose leader or auditor is told",
                        size=None,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("opened_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("opened_at"), "+", models.Value(datetime.timedelta(seconds=1800))
                                ),
                            ),
                        ),
                        name="emergency_lasts_half_an_hour_at_most",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Guarantee",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("substance", "Substance treatment"),
                            ("psychiatry", "Psychiatry"),
                            ("social", "Social support"),
                        ],
                        max_length=10,
                    ),
                ),
                ("right", models.CharField(help_text="A code of the vocabulary", max_length=40)),
                ("days", models.PositiveSmallIntegerField(help_text="Calendar days")),
                ("started_on", models.DateField()),
                ("due_at", models.DateTimeField(help_text="The end of the last day")),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "stopped_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("arrived", "The citizen has arrived"),
                            ("withdrawn", "The citizen does not want it"),
                            ("free_choice", "The citizen has chosen another provider"),
                            ("ended", "The case has ended"),
                        ],
                        max_length=12,
                    ),
                ),
                ("overrun_reason", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guarantees", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "side", "right"), name="guarantee_once_and_never_reset"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stopped_at__isnull", True), ("stopped_by", "")),
                            models.Q(("stopped_at__isnull", False), models.Q(("stopped_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="guarantee_stopped_by_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("language", models.CharField(default="da", max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "pdf",
                    navigator.vault.fields.SealedTextField(blank=True, default=b"", help_text="The file, in base64"),
                ),
                (
                    "document",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="JSON, as docs/export.md says"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        help_text="Where it was asked for",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.case",
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.person"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("failed_at__isnull", True), ("made_at__isnull", True)),
                        fields=["asked_at"],
                        name="export_to_make",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonalLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("opens_with", models.UUIDField(unique=True)),
                ("code_digest", models.BinaryField()),
                ("wrong_codes", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="personal_links", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("case",),
                        name="personal_link_once_a_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                (
                    "agreed",
                    models.CharField(
                        choices=[
                            ("oral", "Spoken"),
                            ("written", "In writing"),
                            ("paper", "On paper that is kept elsewhere"),
                        ],
                        help_text="How the citizen said yes to a plan",
                        max_length=10,
                    ),
                ),
                (
                    "priorities",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="What matters to the citizen, in their own words"
                    ),
                ),
                ("met_on", models.DateField(help_text="The last meeting that was held", null=True)),
                ("next_meeting_on", models.DateField(null=True)),
                ("approved_at", models.DateTimeField(help_text="None: not yet, or it has changed since", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("case",), name="plan_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("agreed__in", ["oral", "written", "paper"])), name="plan_agreed_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "step",
                    models.CharField(choices=[("restrict", "Restricted"), ("dispose", "Disposed of")], max_length=10),
                ),
                ("ended_on", models.DateField(help_text="The day of the last step on the case")),
                ("due_on", models.DateField()),
                (
                    "done_at",
                    models.DateTimeField(
                        help_text="None: not carried out, or not due any more when it was to be", null=True
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="referrals.retentionround"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.retentionrule"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("round", "case"), name="retention_row_once_a_case"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["restrict", "dispose"])), name="retention_step_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[("substance_use", "Substance use"), ("mental_state", "Mental difficulty")],
                        max_length=20,
                    ),
                ),
                ("instrument", models.CharField(help_text="A code of instruments.py, or other", max_length=20)),
                (
                    "called",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="The name of another instrument"
                    ),
                ),
                ("version", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("score", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "text",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="What the professional makes of it"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        blank=True, help_text="The step of the ladder that the professional holds", max_length=20
                    ),
                ),
                ("made_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "by_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="screenings", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("about__in", ["substance_use", "mental_state"])),
                        name="screening_about_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ToMeasure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("noted_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.case",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("send", "The referral was sent"),
                            ("open", "The service has opened the referral"),
                            ("ask", "The service has asked a question"),
                            ("reply", "The sender has answered the question"),
                            ("accept", "The service has accepted"),
                            ("waitlist", "The service has put the citizen on a waiting list"),
                            ("book", "A time was agreed"),
                            ("cancel_visit", "The visit was cancelled"),
                            ("miss", "The citizen did not come"),
                            ("attempt", "New contact was tried"),
                            ("arrive", "The citizen has arrived"),
                            ("correct", "The arrival was corrected"),
                            ("start", "The programme has begun"),
                            ("close", "The programme has ended"),
                            ("ask_return", "The service wants to return the referral"),
                            ("send_back", "The coordinator has not approved the return"),
                            ("return", "The referral was returned, with the next door"),
                            ("withdraw", "The citizen does not want it any more"),
                            ("cancel", "The sender has cancelled"),
                            ("lose", "The coordinator has decided that contact is lost"),
                            ("die", "The citizen has died"),
                            ("move", "The citizen has moved away"),
                            ("case_opened", "The needs were logged"),
                            ("assessed", "The needs were matched"),
                            ("owner_changed", "Another unit is responsible for the citizen"),
                            ("take_over_asked", "Another unit was asked to take responsibility for the citizen"),
                            ("take_over_declined", "The other unit has not taken over"),
                            ("track_arrived", "The citizen has been met"),
                            ("meeting_corrected", "That the citizen was met was a mistake"),
                            ("citizen_arrived", "The citizen says they have arrived"),
                            ("citizen_coming", "The citizen says they are coming"),
                            ("arrival_disputed", "The service has not met the citizen"),
                            ("refused_return", "A return was tried with a reason that is not legitimate"),
                            ("overrun_reasoned", "The reason of an overrun was registered"),
                            ("chosen_freely", "The citizen has chosen another provider"),
                            ("heard_from", "Somebody waiting was heard from"),
                            ("companion_agreed", "Somebody goes along"),
                            ("companion_ok", "Both have confirmed the companion"),
                            ("citizen_moved", "The citizen has moved to another municipality"),
                            ("turned_18", "The citizen has turned 18"),
                            ("citizen_died", "The citizen has died"),
                            ("called_over", "Handed over by telephone"),
                            ("nobody_answered", "Nobody answered the telephone"),
                            ("task_passed_on", "A colleague's task was passed on"),
                            ("snoozed", "A task was put off"),
                            ("paused", "Reminders are paused"),
                            ("contact_set", "How the citizen is reached was changed"),
                            ("noted", "A note"),
                            ("called", "Contact with the citizen"),
                            ("screened", "A screening was made"),
                            ("papers_sent", "Papers were sent by secure post"),
                            ("person_linked", "Linked to another record of what may be the same person"),
                            ("person_unlinked", "The link between two records was removed"),
                            ("consent_withdrawn", "The citizen has withdrawn a consent"),
                            ("emergency_access", "Another unit has read the case in an emergency"),
                            ("restricted", "The case was restricted"),
                            ("restriction_lifted", "The restriction was lifted, and the citizen told before"),
                            ("disposed", "The case was disposed of: its texts can no longer be read"),
                            ("protected", "Name and address are protected"),
                            ("protection_lifted", "Name and address are not protected any more"),
                            ("identity_shown", "Protected name and address were shown"),
                            ("corrected", "Something that was registered was corrected"),
                            ("exported", "A copy of everything was made for the citizen"),
                            ("right_asked", "The citizen has asked for a right"),
                            ("right_answered", "The citizen's request was answered"),
                            ("plan_asked", "A coordinated plan, or a meeting about it, was asked for"),
                            ("plan_begun", "The citizen has said yes to a coordinated plan"),
                            ("plan_met", "The meeting about the plan was held"),
                            ("plan_approved", "The citizen has approved the plan"),
                            ("plan_ended", "The plan was ended"),
                            ("service_closes", "The service closes for a time"),
                            ("case_reopened", "The case was opened again"),
                            ("case_closed", "The case was closed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("from_status", models.CharField(blank=True, max_length=20)),
                ("to_status", models.CharField(blank=True, max_length=20)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("detail", models.JSONField(default=dict, help_text="Codes, dates and ids; nothing that identifies")),
                ("note", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="None: the clock",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.caseevent",
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "receiver_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "occurred_at"], name="event_timeline"),
                    models.Index(
                        condition=models.Q(("kind", "refused_return")), fields=["referral"], name="event_turned_away"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "send",
                                    "open",
                                    "ask",
                                    "reply",
                                    "accept",
                                    "waitlist",
                                    "book",
                                    "cancel_visit",
                                    "miss",
                                    "attempt",
                                    "arrive",
                                    "correct",
                                    "start",
                                    "close",
                                    "ask_return",
                                    "send_back",
                                    "return",
                                    "withdraw",
                                    "cancel",
                                    "lose",
                                    "die",
                                    "move",
                                    "case_opened",
                                    "assessed",
                                    "owner_changed",
                                    "take_over_asked",
                                    "take_over_declined",
                                    "track_arrived",
                                    "meeting_corrected",
                                    "citizen_arrived",
                                    "citizen_coming",
                                    "arrival_disputed",
                                    "refused_return",
                                    "overrun_reasoned",
                                    "chosen_freely",
                                    "heard_from",
                                    "companion_agreed",
                                    "companion_ok",
                                    "citizen_moved",
                                    "turned_18",
                                    "citizen_died",
                                    "called_over",
                                    "nobody_answered",
                                    "task_passed_on",
                                    "snoozed",
                                    "paused",
                                    "contact_set",
                                    "noted",
                                    "called",
                                    "screened",
                                    "papers_sent",
                                    "person_linked",
                                    "person_unlinked",
                                    "consent_withdrawn",
                                    "emergency_access",
                                    "restricted",
                                    "restriction_lifted",
                                    "disposed",
                                    "protected",
                                    "protection_lifted",
                                    "identity_shown",
                                    "corrected",
                                    "exported",
                                    "right_asked",
                                    "right_answered",
                                    "plan_asked",
                                    "plan_begun",
                                    "plan_met",
                                    "plan_approved",
                                    "plan_ended",
                                    "service_closes",
                                    "case_reopened",
                                    "case_closed",
                                ],
                            )
                        ),
                        name="event_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentWithdrawal",
            fields=[
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="withdrawal",
                        serialize=False,
                        to="referrals.consent",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField()),
                ("note", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="None: the citizen, without anybody's help",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EmergencySeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                (
                    "access",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seen_by",
                        to="referrals.emergencyaccess",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("access", "unit"), name="emergency_seen_once_a_unit")],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "waits_for",
                    models.CharField(
                        choices=[
                            ("choice", "A service is to be chosen"),
                            ("consent", "Consent to pass it on is to be asked for"),
                            ("seen", "The service is to open the referral"),
                            ("answer", "The service is to answer"),
                            ("reply", "A question is to be answered"),
                            ("booking", "A time is to be agreed"),
                            ("check_in", "Somebody waiting is to be heard from"),
                            ("visit", "The visit is near"),
                            ("arrival", "Arrival is to be confirmed"),
                            ("re_engage", "New contact is to be tried"),
                            ("decision", "The coordinator is to decide on a return"),
                            ("citizen_arrival", "The citizen's word of arrival is to be confirmed"),
                            ("hand_over", "Somebody is to be reached by telephone now"),
                            ("companion", "Somebody to go along is to be found"),
                            ("tell_citizen", "The citizen is to be told what was passed on"),
                            ("reach_out", "A message could not be delivered: the other way is to be used"),
                            ("first_week", "Contact in the first week after discharge"),
                            ("effect", "Does it help?"),
                            ("guarantee", "A statutory deadline is running"),
                            ("take_over", "Another unit is to say whether it takes over"),
                            ("obligation", "A duty towards the citizen is to be done"),
                            ("withdrawn", "A consent was withdrawn: how it goes on is to be agreed"),
                            ("consent_ends", "A consent runs out"),
                            ("tell_custody", "Those with custody are to be told"),
                            ("contact", "The citizen has asked to be contacted"),
                            ("plan", "A coordinated plan is to be made"),
                            ("plan_meeting", "The meeting about the plan is to be held"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("ordinary", "Ordinary"), ("acute", "Acute")], default="ordinary", max_length=10
                    ),
                ),
                (
                    "service_kind",
                    models.CharField(blank=True, help_text="The ladder may differ by kind of service", max_length=60),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "waits_since",
                    models.DateTimeField(help_text="What the ladder counts from: now, or the visit that was agreed"),
                ),
                ("due_at", models.DateTimeField()),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="Which of a series: the attempt, the day of contact"
                    ),
                ),
                (
                    "next_at",
                    models.DateTimeField(
                        help_text="When the sweep looks again; none: the ladder is climbed", null=True
                    ),
                ),
                (
                    "step",
                    models.PositiveSmallIntegerField(default=0, help_text="How many steps of the ladder were taken"),
                ),
                ("ladder_version", models.CharField(max_length=20)),
                (
                    "escalated_at",
                    models.DateTimeField(help_text="When the clock told the coordinator of this silence", null=True),
                ),
                (
                    "snoozed_until",
                    models.DateTimeField(
                        help_text="Whoever owes it has put it off: till then it is not on their list of today",
                        null=True,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        help_text="The duty that is to be done",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.obligation",
                    ),
                ),
                (
                    "owed_by",
                    models.ForeignKey(
                        help_text="Who owes the next step",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owed_follow_ups",
                        to="accounts.unit",
                    ),
                ),
                (
                    "owed_worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "guarantee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="referrals.guarantee",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("next_at__isnull", False)),
                        fields=["next_at"],
                        name="follow_up_due",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(
                                ("sender_unit", models.F("owed_by")),
                                ("owner_unit", models.F("owed_by")),
                                ("coordinator_unit", models.F("owed_by")),
                                _connector="OR",
                            ),
                            ("closed_at__isnull", True),
                        ),
                        fields=["owed_by", "due_at", "id"],
                        name="follow_up_own",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("owed_worker__isnull", False)),
                        fields=["owed_worker", "due_at", "id"],
                        name="follow_up_mine",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("snoozed_until__isnull", False)),
                        fields=["owed_by", "due_at", "id"],
                        name="follow_up_put_off",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["owed_by", "waits_for", "due_at", "id"],
                        name="follow_up_received",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("owed_by", models.F("sender_unit")), _negated=True), ("closed_at__isnull", True)
                        ),
                        fields=["sender_unit", "due_at", "id"],
                        name="follow_up_sent",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("owed_by", models.F("owner_unit")), _negated=True),
                            models.Q(("sender_unit", models.F("owner_unit")), _negated=True),
                            ("closed_at__isnull", True),
                        ),
                        fields=["owner_unit", "due_at", "id"],
                        name="follow_up_answered_for",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("escalated_at__isnull", False)),
                        fields=["coordinator_unit", "due_at", "id"],
                        name="follow_up_escalated",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["owner_unit", "case"],
                        name="follow_up_board_owner",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["coordinator_unit", "case"],
                        name="follow_up_board_coordinator",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("referral__isnull", False)),
                        fields=("referral", "waits_for"),
                        name="follow_up_open_once_a_referral",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            ("guarantee__isnull", True),
                            ("obligation__isnull", True),
                            ("referral__isnull", True),
                        ),
                        fields=("case", "waits_for"),
                        name="follow_up_open_once_a_case",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("obligation__isnull", False)),
                        fields=("case", "obligation"),
                        name="follow_up_open_once_a_duty",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("guarantee",),
                        name="follow_up_open_once_a_guarantee",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "waits_for__in",
                                [
                                    "choice",
                                    "consent",
                                    "seen",
                                    "answer",
                                    "reply",
                                    "booking",
                                    "check_in",
                                    "visit",
                                    "arrival",
                                    "re_engage",
                                    "decision",
                                    "citizen_arrival",
                                    "hand_over",
                                    "companion",
                                    "tell_citizen",
                                    "reach_out",
                                    "first_week",
                                    "effect",
                                    "guarantee",
                                    "take_over",
                                    "obligation",
                                    "withdrawn",
                                    "consent_ends",
                                    "tell_custody",
                                    "contact",
                                    "plan",
                                    "plan_meeting",
                                ],
                            )
                        ),
                        name="follow_up_wait_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("obligation__isnull", False), ("waits_for", "obligation")),
                            models.Q(
                                models.Q(("waits_for", "obligation"), _negated=True), ("obligation__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="follow_up_duty_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measured",
            fields=[
                ("case_number", models.BigIntegerField()),
                (
                    "is_protected",
                    models.BooleanField(help_text="Name and address are protected: no place leaves the unit"),
                ),
                (
                    "is_restricted",
                    models.BooleanField(help_text="The case is locked: it counts, and its number is not shown"),
                ),
                ("door", models.CharField(max_length=40)),
                ("municipality", models.CharField(max_length=4)),
                ("month", models.DateField(help_text="The first day of the month in which it began")),
                ("began_at", models.DateTimeField(help_text="The referral was sent; the case was opened")),
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="measured",
                        serialize=False,
                        to="referrals.referral",
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("other_door", models.CharField(blank=True, max_length=12)),
                ("answer_due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("days_to_answer", models.PositiveIntegerField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("days_to_arrival", models.PositiveIntegerField(null=True)),
                ("over_at", models.DateTimeField(help_text="Ended without arrival", null=True)),
                (
                    "silent_from",
                    models.DateTimeField(
                        help_text="If nothing more happens; none: it is over or has arrived", null=True
                    ),
                ),
                ("returned_at", models.DateTimeField(null=True)),
                ("return_reason", models.CharField(blank=True, max_length=40)),
                (
                    "refused_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("missed_at", models.DateTimeField(help_text="The last time that the citizen did not come", null=True)),
                ("re_engaged_at", models.DateTimeField(help_text="A new time, or arrival, after that", null=True)),
                ("effect_due_at", models.DateTimeField(null=True)),
                ("effect_asked_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measured_referrals",
                        to="referrals.case",
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "receiver_unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.service"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["sender_unit", "began_at"], name="measured_by_sender"),
                    models.Index(fields=["owner_unit", "began_at"], name="measured_by_owner"),
                    models.Index(fields=["receiver_unit", "began_at"], name="measured_by_receiver"),
                    models.Index(fields=["coordinator_unit", "began_at"], name="measured_by_coordinator"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("language", models.CharField(default="da", max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "pdf",
                    navigator.vault.fields.SealedTextField(blank=True, default=b"", help_text="The file, in base64"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("referral", "Referral letter"),
                            ("appointment", "Letter about the visit"),
                            ("door_card", "Card to take along"),
                            ("consent_form", "Consent form"),
                            ("plan", "The coordinated plan"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        help_text="Where it was asked for",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.case",
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        help_text="None: a plan is of the whole case",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.service",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        help_text="A yes is asked for before there is one",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("failed_at__isnull", True), ("made_at__isnull", True)),
                        fields=["asked_at"],
                        name="letter_to_make",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["referral", "appointment", "door_card", "consent_form", "plan"])
                        ),
                        name="letter_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "plan"),
                            models.Q(("kind", "consent_form"), ("service__isnull", False)),
                            models.Q(("referral__isnull", False), ("service__isnull", False)),
                            _connector="OR",
                        ),
                        name="letter_is_of_a_referral",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("guest", models.UUIDField(null=True)),
                (
                    "content",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="JSON: who, how to reach them, needs, wishes, message"
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("identity", "Who the citizen is"),
                                ("contact", "How to reach the citizen"),
                                ("needs", "What help is needed, and for what"),
                                ("wishes", "What the citizen wishes"),
                                ("message", "A message from the sender"),
                                ("whole_case", "Everything on the case"),
                            ],
                            max_length=12,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "The citizen has said yes"),
                            ("statutory", "The law allows it without consent"),
                            ("anonymous", "Nothing is told that says who it is"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sul_41", "Needed for the treatment that goes on now (sundhedsloven § 41)"),
                            ("required", "A law says that it must be told"),
                            (
                                "essential",
                                "An essential regard: to the citizen or to others (sundhedsloven § 43, forvaltningsloven § 28)",
                            ),
                            ("danger", "Life or health is in danger now"),
                            ("same_authority", "It stays within our own authority, and is needed for the work there"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "basis_reason",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="Demanded where the basis is statutory"
                    ),
                ),
                ("disclosed_at", models.DateTimeField()),
                (
                    "consent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="referrals.consent",
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "disclosed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "receiver_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "consent"), ("consent__isnull", False), ("law", "")),
                            models.Q(
                                ("basis", "statutory"),
                                ("consent__isnull", True),
                                ("law__in", ["sul_41", "required", "essential", "danger", "same_authority"]),
                                models.Q(("basis_reason", b""), _negated=True),
                            ),
                            models.Q(("basis", "anonymous"), ("consent__isnull", True), ("law", "")),
                            _connector="OR",
                        ),
                        name="disclosure_has_a_basis",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Companion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "who",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="Who goes along; empty while nobody is found"
                    ),
                ),
                ("meeting_place", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("companion_confirmed_at", models.DateTimeField(null=True)),
                ("citizen_confirmed_at", models.DateTimeField(null=True)),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "receiver_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="companion", to="referrals.referral"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("left_at", models.DateTimeField(null=True)),
                ("who", navigator.vault.fields.SealedTextField(blank=True, default=b"", help_text="Name and function")),
                ("phone", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="referrals.plan"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SecureLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(help_text="The service's, from the directory", max_length=254)),
                (
                    "code_to",
                    models.CharField(help_text="Its registered telephone, else its second address", max_length=254),
                ),
                ("wanted_at", models.DateTimeField()),
                ("tries_to_send", models.PositiveSmallIntegerField(default=0)),
                (
                    "send_at",
                    models.DateTimeField(help_text="When the worker is to send it; none: sent or given up", null=True),
                ),
                ("opens_with", models.UUIDField(null=True, unique=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("code_wanted_at", models.DateTimeField(help_text="When the worker is to send a code", null=True)),
                ("code_digest", models.BinaryField(null=True)),
                ("code_expires_at", models.DateTimeField(null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                ("codes_sent", models.PositiveSmallIntegerField(default=0)),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="secure_links",
                        to="referrals.referral",
                    ),
                ),
                (
                    "sender_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("send_at__isnull", False)), fields=["send_at"], name="secure_link_to_send"
                    ),
                    models.Index(
                        condition=models.Q(("code_wanted_at__isnull", False)),
                        fields=["code_wanted_at"],
                        name="secure_link_code",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("referral",),
                        name="secure_link_once_a_referral",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TakeOver",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("reason", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "The citizen has said yes"),
                            ("statutory", "The law allows it without consent"),
                            ("anonymous", "Nothing is told that says who it is"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sul_41", "Needed for the treatment that goes on now (sundhedsloven § 41)"),
                            ("required", "A law says that it must be told"),
                            (
                                "essential",
                                "An essential regard: to the citizen or to others (sundhedsloven § 43, forvaltningsloven § 28)",
                            ),
                            ("danger", "Life or health is in danger now"),
                            ("same_authority", "It stays within our own authority, and is needed for the work there"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("accepted", models.BooleanField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="take_overs", to="referrals.case"
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="take_overs",
                        to="referrals.consent",
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("case",),
                        name="take_over_asked_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted__isnull", True), ("answered_at__isnull", True), ("answered_by__isnull", True)
                            ),
                            models.Q(
                                ("accepted__isnull", False),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="take_over_answered_at_by_and_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "consent"), ("consent__isnull", False), ("law", "")),
                            models.Q(
                                ("basis", "statutory"),
                                ("consent__isnull", True),
                                ("law__in", ["sul_41", "required", "essential", "danger", "same_authority"]),
                            ),
                            _connector="OR",
                        ),
                        name="take_over_has_a_basis",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Track",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("substance", "Substance treatment"),
                            ("psychiatry", "Psychiatry"),
                            ("social", "Social support"),
                        ],
                        max_length=10,
                    ),
                ),
                ("arrived_at", models.DateTimeField(null=True)),
                (
                    "arrived_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.referral",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tracks", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "side"), name="track_once_a_side"),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["substance", "psychiatry", "social"])),
                        name="track_side_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("arrived_at__isnull", True), ("arrived_by__isnull", True)),
                            models.Q(("arrived_at__isnull", False), ("arrived_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="track_arrived_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Not yet"), ("done", "Done"), ("failed", "Not done")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, help_text="Why it was not done; names nobody", max_length=300)),
                (
                    "instead_of",
                    models.ForeignKey(
                        help_text="Who had the case when it was asked for",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="referrals.bulkjob"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.followup"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "follow_up"), name="bulk_row_once_a_task"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "failed"])), name="bulk_row_state_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("guest", models.UUIDField(null=True)),
                (
                    "fact",
                    models.CharField(
                        choices=[
                            ("name", "Name"),
                            ("pseudonym", "Pseudonym"),
                            ("cpr", "CPR number"),
                            ("birth_date", "Date of birth"),
                            ("phone", "Telephone"),
                            ("address", "Address"),
                        ],
                        max_length=20,
                    ),
                ),
                ("before", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("after", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("corrected_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="referrals.caseevent",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "receiver_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        help_text="Whose copy told it",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fact__in", ["name", "pseudonym", "cpr", "birth_date", "phone", "address"])
                        ),
                        name="correction_fact_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("silence", "Something has not happened in time"),
                            ("happened", "Something has happened"),
                            ("assigned", "A task has come to you from a colleague"),
                            ("not_delivered", "A message could not be delivered"),
                        ],
                        max_length=15,
                    ),
                ),
                ("step", models.PositiveSmallIntegerField(null=True)),
                (
                    "tells",
                    models.CharField(
                        choices=[
                            ("owed_by", "Whoever owes the step"),
                            ("sender", "The sender"),
                            ("owner", "Whoever is responsible for the citizen"),
                            ("coordinator", "The coordinator"),
                            ("citizen", "The citizen"),
                        ],
                        max_length=12,
                    ),
                ),
                ("urgent", models.BooleanField(default=False, help_text="Comes at once, never in a digest")),
                ("due_at", models.DateTimeField(help_text="When it was to be said")),
                ("written_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="referrals.caseevent",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="referrals.followup",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        help_text="Who is told; for the citizen, who is responsible for them",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "to_worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            models.Q(("why", "silence"), _negated=True),
                            ("event__isnull", False),
                            ("read_at__isnull", True),
                        ),
                        fields=["to_unit", "-written_at", "-id"],
                        name="notice_news",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("follow_up", "step"), name="notice_once_a_step"),
                    models.UniqueConstraint(
                        condition=models.Q(("event__isnull", False)),
                        fields=("event", "to_unit", "to_worker", "tells"),
                        name="notice_once_an_event_and_reader",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("follow_up__isnull", False), ("step__isnull", False)),
                            ("event__isnull", False),
                            _connector="OR",
                        ),
                        name="notice_is_about_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Effort",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("treatment", "Treatment"),
                            ("social", "Home, work and money"),
                            ("mental", "Mental health"),
                            ("support", "Contact and support"),
                        ],
                        max_length=10,
                    ),
                ),
                ("what", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("by_on", models.DateField()),
                (
                    "left_as",
                    models.CharField(blank=True, choices=[("done", "Done"), ("dropped", "Taken out")], max_length=10),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        help_text="Who does it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="efforts",
                        to="referrals.party",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="efforts", to="referrals.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lane__in", ["treatment", "social", "mental", "support"])),
                        name="effort_lane_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_as", ""), ("left_at__isnull", True)),
                            models.Q(("left_as__in", ["done", "dropped"]), ("left_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="effort_left_as_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        help_text="The idempotency key",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_app", "Here"),
                            ("email", "E-mail"),
                            ("sms", "SMS"),
                            ("phone", "Telephone"),
                            ("letter", "Letter"),
                            ("visit", "A visit"),
                        ],
                        help_text="Empty: as is safe when it is sent",
                        max_length=10,
                    ),
                ),
                (
                    "in_digest",
                    models.BooleanField(
                        db_default=False, default=False, help_text="The worker reads one message a day"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "To be sent"),
                            ("handed_over", "Handed over"),
                            ("dropped", "Dropped: no longer true"),
                            ("failed", "Cannot be sent"),
                            ("bounced", "Came back"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                (
                    "try_at",
                    models.DateTimeField(help_text="Not before: quiet hours, the digest, or after a failed try"),
                ),
                (
                    "worthless_after",
                    models.DateTimeField(help_text="Too late to be sent, say after the visit", null=True),
                ),
                (
                    "opens_with",
                    models.UUIDField(
                        help_text="By which the citizen answers a reminder of a visit", null=True, unique=True
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "What it was about is done"),
                            ("read", "It has been read here already"),
                            ("superseded", "A later message says the same"),
                            ("late", "Too late to be of use"),
                            ("do_not_contact", "The citizen is not to be contacted"),
                            ("paused", "Reminders are paused until after it would have been of use"),
                            ("phone", "The citizen is reached by telephone"),
                            ("letter", "The citizen is reached by letter"),
                            ("visit", "The citizen is reached by a visit"),
                            ("no_address", "There is no address to send it to"),
                            ("refused", "The address was refused"),
                            ("no_relay", "No mail server is set up"),
                            ("no_gateway", "No SMS gateway is set up"),
                            ("gave_up", "It was tried for two days"),
                            ("came_back", "The message came back"),
                            ("timed_out", "No answer in time"),
                            ("busy", "The other side asked us to try later"),
                            ("away", "The other side could not be reached"),
                            ("error", "Something went wrong here"),
                        ],
                        help_text="Why it was dropped, failed or is tried again",
                        max_length=60,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "sent_with",
                    models.ForeignKey(
                        help_text="Whose key the digest was sent with",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.delivery",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="referrals.notice"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "pending")), fields=["try_at"], name="delivery_pending")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice",), name="delivery_once_a_notice"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "pending")),
                            models.Q(models.Q(("state", "pending"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_is_pending_or_ended",
                    ),
                ],
            },
        ),
    ]
