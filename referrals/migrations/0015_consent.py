"""Consent as a model of its own; no copy of what was told without its basis."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields

# What was sent before has the yes that was noted with it, as a consent with the id of the copy. Why a law allowed it stands
# in its reason; who was asked to take over was asked with one too.
KEEP = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO referrals_consent (
    id, person_id, case_id, data_key_id, origin_unit_id, owner_unit_id, coordinator_unit_id, from_unit_id, to_service_id,
    next_door, categories, purpose, form, given_by, custody, child_says, paper_at, note, text_version, given_at, expires_at,
    taken_by_id
)
SELECT d.id, c.person_id, c.id, c.data_key_id, c.origin_unit_id, c.owner_unit_id, c.coordinator_unit_id, d.sender_unit_id,
    r.service_id, d.covers_next_door, '{contact,identity,message,needs,wishes}', 'help',
    CASE d.basis WHEN 'consent_written' THEN 'written' ELSE 'oral' END, 'citizen', '', '', '', '', 'before',
    d.disclosed_at, d.disclosed_at + interval '365 days', d.disclosed_by_id
FROM referrals_disclosure d
JOIN referrals_referral r ON r.id = d.referral_id
JOIN referrals_case c ON c.id = r.case_id
WHERE d.basis IN ('consent_oral', 'consent_written');
UPDATE referrals_disclosure SET categories = '{contact,identity,message,needs,wishes}';
UPDATE referrals_disclosure SET basis = 'consent', consent_id = id WHERE basis IN ('consent_oral', 'consent_written');
UPDATE referrals_disclosure SET law = 'essential' WHERE basis = 'statutory';
UPDATE referrals_takeover SET law = 'essential';
"""
GO_BACK = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE referrals_disclosure d
SET basis = CASE c.form WHEN 'oral' THEN 'consent_oral' ELSE 'consent_written' END, covers_next_door = c.next_door
FROM referrals_consent c WHERE c.id = d.consent_id;
"""

# One table cannot check another: that the consent is of this case, covers receiver and data, and holds in this moment.
COVERED = """
CREATE FUNCTION navigator_disclosure_is_covered() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    IF NEW.consent_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM referrals_consent c JOIN referrals_referral r ON r.case_id = c.case_id
        WHERE c.id = NEW.consent_id AND r.id = NEW.referral_id
            AND (c.to_service_id = r.service_id OR c.next_door AND r.follows_id IS NOT NULL)
            AND NEW.categories <@ c.categories
            AND c.given_at <= NEW.disclosed_at AND NEW.disclosed_at < c.expires_at
            AND NOT EXISTS (SELECT FROM referrals_consentwithdrawal w WHERE w.consent_id = c.id)
    ) THEN
        RAISE EXCEPTION 'nothing is told without a consent that covers it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_is_covered_by_its_consent';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER disclosure_is_covered BEFORE INSERT ON referrals_disclosure
FOR EACH ROW EXECUTE FUNCTION navigator_disclosure_is_covered();

CREATE FUNCTION navigator_take_over_is_covered() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    IF NEW.consent_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM referrals_consent c
        WHERE c.id = NEW.consent_id AND c.case_id = NEW.case_id AND c.to_unit_id = NEW.asked_unit_id
            AND c.given_at <= NEW.asked_at AND NEW.asked_at < c.expires_at
            AND NOT EXISTS (SELECT FROM referrals_consentwithdrawal w WHERE w.consent_id = c.id)
    ) THEN
        RAISE EXCEPTION 'nobody is asked to answer for a citizen without a consent that covers it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'take_over_is_covered_by_its_consent';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER take_over_is_covered BEFORE INSERT ON referrals_takeover
FOR EACH ROW EXECUTE FUNCTION navigator_take_over_is_covered();
"""
UNCOVERED = """
DROP TRIGGER take_over_is_covered ON referrals_takeover;
DROP FUNCTION navigator_take_over_is_covered();
DROP TRIGGER disclosure_is_covered ON referrals_disclosure;
DROP FUNCTION navigator_disclosure_is_covered();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_staff_mapping"),
        ("pathways", "0004_other_door_count"),
        ("referrals", "0014_emergency_access"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="disclosure",
            name="disclosure_basis_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="disclosure",
            name="disclosure_statutory_basis_has_a_reason",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="follow_up_wait_is_known",
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
                                ("whole_case", "All that stands on the case"),
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
                            ("answer_for", "That another unit can answer for the citizen"),
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
            ],
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
            ],
        ),
        migrations.AddField(
            model_name="disclosure",
            name="categories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("identity", "Who the citizen is"),
                        ("contact", "How to reach the citizen"),
                        ("needs", "What help is needed, and for what"),
                        ("wishes", "What the citizen wishes"),
                        ("message", "A message from the sender"),
                        ("whole_case", "All that stands on the case"),
                    ],
                    max_length=12,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="law",
            field=models.CharField(
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
        migrations.AddField(
            model_name="takeover",
            name="basis",
            field=models.CharField(
                choices=[
                    ("consent", "The citizen has said yes"),
                    ("statutory", "The law allows it without consent"),
                    ("anonymous", "Nothing is told that says who it is"),
                ],
                default="statutory",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="takeover",
            name="law",
            field=models.CharField(
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
        migrations.AddField(
            model_name="consent",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="referrals.case"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="coordinator_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="data_key",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.datakey"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="from_unit",
            field=models.ForeignKey(
                help_text="Who may tell",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="origin_unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="consent",
            name="owner_unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="consent",
            name="person",
            field=models.ForeignKey(
                help_text="Whom the data are about",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="referrals.person",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="taken_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="to_service",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathways.service"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="to_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="consent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disclosures",
                to="referrals.consent",
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="consent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="take_overs",
                to="referrals.consent",
            ),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="by",
            field=models.ForeignKey(
                help_text="None: the citizen, without anybody's help",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="coordinator_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
            ),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="data_key",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.datakey"
            ),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="from_unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="origin_unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="owner_unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.RunSQL(KEEP, GO_BACK),
        migrations.RemoveField(
            model_name="disclosure",
            name="covers_next_door",
        ),
        migrations.AlterField(
            model_name="disclosure",
            name="basis",
            field=models.CharField(
                choices=[
                    ("consent", "The citizen has said yes"),
                    ("statutory", "The law allows it without consent"),
                    ("anonymous", "Nothing is told that says who it is"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="waits_for",
            field=models.CharField(
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
                    ("guarantee", "A statutory deadline runs"),
                    ("take_over", "Another unit is to say whether it takes over"),
                    ("obligation", "A duty towards the citizen is to be done"),
                    ("withdrawn", "A consent was withdrawn: how it goes on is to be agreed"),
                    ("consent_ends", "A consent runs out"),
                    ("tell_custody", "Those with custody are to be told"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
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
                        ],
                    )
                ),
                name="follow_up_wait_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["from_unit", "expires_at"], name="consent_runs_out"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_service__isnull", False), ("to_unit__isnull", True)),
                    models.Q(("next_door", False), ("to_service__isnull", True), ("to_unit__isnull", False)),
                    _connector="OR",
                ),
                name="consent_is_to_one_receiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("categories__contained_by", ["identity", "contact", "needs", "wishes", "message", "whole_case"]),
                    ("categories__len__gte", 1),
                ),
                name="consent_categories_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["help", "answer_for"])), name="consent_purpose_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["oral", "written", "paper"])), name="consent_form_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_by__in", ["citizen", "custody_sole", "custody_both", "custody_one"])),
                name="consent_giver_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("custody__in", ["", "informed", "later", "not_told"])),
                name="consent_custody_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("form", "paper"), _negated=True),
                    models.Q(("paper_at", b""), _negated=True),
                    _connector="OR",
                ),
                name="consent_on_paper_lies_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
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
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.CheckConstraint(
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
        ),
        migrations.RunSQL(COVERED, UNCOVERED),
    ]
