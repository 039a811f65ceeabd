"""What an emergency access opens to be read, and only that."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION navigator_case_numbered(said bigint) RETURNS TABLE (case_id uuid, owner_unit_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT id, owner_unit_id FROM referrals_case WHERE number = said $$;

CREATE FUNCTION navigator_emergency_case() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    said text := current_setting('navigator.emergency', true);
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT case_id FROM referrals_emergencyaccess
        WHERE id = said::uuid AND unit_id = ANY (navigator_units())
            AND opened_at <= clock_timestamp() + interval '1 minute' AND ends_at > clock_timestamp()
    );
END
$$;

CREATE FUNCTION navigator_emergency_person() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT person_id FROM referrals_case WHERE id = navigator_emergency_case() $$;
"""
UNDO = (
    "DROP FUNCTION navigator_emergency_person(); DROP FUNCTION navigator_emergency_case();"
    " DROP FUNCTION navigator_case_numbered(bigint)"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_nobody_is_lost")]
    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
