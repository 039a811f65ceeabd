"""What must never be false about a hand-off, held by the database when a transaction ends.

The functions are the owner's and see past row-level security: whoever takes a step sees only part of the case.
"""

from django.db import migrations

ON_ITS_WAY = (
    "'draft', 'sent', 'seen', 'question', 'accepted', 'waitlisted', 'booked', 'visit_cancelled', 'no_show', "
    "'return_asked'"
)
ENDED = "'returned', 'withdrawn', 'cancelled', 'lost_contact', 'deceased', 'moved'"

FUNCTIONS = f"""
CREATE FUNCTION referrals_nobody_is_lost() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_case uuid;
BEGIN
    IF TG_TABLE_NAME = 'referrals_case' THEN the_case := NEW.id; ELSE the_case := NEW.case_id; END IF;
    IF EXISTS (
        SELECT FROM referrals_case c JOIN referrals_track t ON t.case_id = c.id
        WHERE c.id = the_case AND c.closed_at IS NULL AND t.arrived_at IS NULL
        AND NOT EXISTS (SELECT FROM referrals_referral r
                        WHERE r.case_id = the_case AND t.side = ANY (r.sides) AND r.status IN ({ON_ITS_WAY}))
        AND NOT EXISTS (SELECT FROM referrals_followup f
                        WHERE f.case_id = the_case AND f.waits_for = 'choice' AND f.referral_id IS NULL
                        AND f.closed_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'a track of case % has neither arrived nor anybody who owes the next step', the_case
        USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_is_lost';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_every_attempt_is_followed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_referral uuid; now_is text;
BEGIN
    IF TG_TABLE_NAME = 'referrals_referral' THEN the_referral := NEW.id; ELSE the_referral := NEW.referral_id; END IF;
    SELECT status INTO now_is FROM referrals_referral WHERE id = the_referral;
    IF now_is IN ({ON_ITS_WAY}) AND NOT EXISTS (
        SELECT FROM referrals_followup WHERE referral_id = the_referral AND closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'referral % is on its way and nobody owes the next step', the_referral
        USING ERRCODE = 'check_violation', CONSTRAINT = 'every_attempt_is_followed';
    END IF;
    IF now_is IN ({ENDED}) AND EXISTS (
        -- Only what was passed on, or could not be delivered, is still to be told after the end.
        SELECT FROM referrals_followup WHERE referral_id = the_referral AND closed_at IS NULL
        AND waits_for NOT IN ('tell_citizen', 'tell_custody', 'reach_out')
    ) THEN
        RAISE EXCEPTION 'referral % has ended and somebody is still reminded of it', the_referral
        USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_attempt_reminds_nobody';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_no_clock_is_reset() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the clock of guarantee % is never reset', OLD.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'no_clock_is_reset';
END $$;
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER nobody_is_lost AFTER INSERT OR UPDATE OF closed_at ON referrals_case
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.closed_at IS NULL)
EXECUTE FUNCTION referrals_nobody_is_lost();

CREATE CONSTRAINT TRIGGER nobody_is_lost AFTER INSERT OR UPDATE OF arrived_at ON referrals_track
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.arrived_at IS NULL)
EXECUTE FUNCTION referrals_nobody_is_lost();

CREATE CONSTRAINT TRIGGER nobody_is_lost AFTER UPDATE OF status, sides ON referrals_referral
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.sides <> '{}')
EXECUTE FUNCTION referrals_nobody_is_lost();

CREATE CONSTRAINT TRIGGER nobody_is_lost AFTER UPDATE OF closed_at ON referrals_followup
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.waits_for = 'choice')
EXECUTE FUNCTION referrals_nobody_is_lost();

CREATE CONSTRAINT TRIGGER every_attempt_is_followed AFTER INSERT OR UPDATE OF status ON referrals_referral
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION referrals_every_attempt_is_followed();

CREATE CONSTRAINT TRIGGER every_attempt_is_followed AFTER INSERT OR UPDATE OF closed_at ON referrals_followup
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.referral_id IS NOT NULL)
EXECUTE FUNCTION referrals_every_attempt_is_followed();

CREATE TRIGGER no_clock_is_reset BEFORE UPDATE ON referrals_guarantee FOR EACH ROW
WHEN ((OLD.case_id, OLD.side, OLD."right", OLD.days, OLD.started_on, OLD.due_at)
      IS DISTINCT FROM (NEW.case_id, NEW.side, NEW."right", NEW.days, NEW.started_on, NEW.due_at))
EXECUTE FUNCTION referrals_no_clock_is_reset();
"""

AWAY = """
DROP FUNCTION referrals_nobody_is_lost() CASCADE;
DROP FUNCTION referrals_every_attempt_is_followed() CASCADE;
DROP FUNCTION referrals_no_clock_is_reset() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, AWAY)]
