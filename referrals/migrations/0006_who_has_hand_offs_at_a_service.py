"""Whom a closing service touches: for the worker, who tells them; and as a number, never under 5, for whoever closes it.

The functions are the owner's and see past row-level security: an editor of the directory sees no citizen, ever.
"""

from django.conf import settings
from django.db import migrations

ON_ITS_WAY = (
    "'draft', 'sent', 'seen', 'question', 'accepted', 'waitlisted', 'booked', 'visit_cancelled', 'no_show', "
    "'return_asked'"
)
FUNCTIONS = f"""
CREATE FUNCTION navigator_hand_offs_at(said uuid) RETURNS TABLE (referral_id uuid, owner_unit_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT id, owner_unit_id FROM referrals_referral WHERE service_id = said AND status IN ({ON_ITS_WAY}) $$;

CREATE FUNCTION navigator_many_hand_offs_at(said uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT nullif(count(*) * (count(*) >= 5)::int, 0)
    FROM referrals_referral WHERE service_id = said AND status IN ({ON_ITS_WAY})
$$;

REVOKE ALL ON FUNCTION navigator_hand_offs_at(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION navigator_hand_offs_at(uuid) TO {settings.DATABASE_ROLES["worker"]};
"""
UNDO = "DROP FUNCTION navigator_many_hand_offs_at(uuid); DROP FUNCTION navigator_hand_offs_at(uuid)"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_note_what_to_measure")]
    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
