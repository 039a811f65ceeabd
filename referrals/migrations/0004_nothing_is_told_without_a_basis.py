"""No copy of what was told, and no request to take over, without a consent that covers it."""

from django.db import migrations

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
    dependencies = [("referrals", "0003_emergency_access")]
    operations = [migrations.RunSQL(COVERED, UNCOVERED)]
