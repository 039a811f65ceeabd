"""What is half written down is kept for whoever writes it, and gone when the case is there."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Membership, Role, User
from navigator.database import scope
from navigator.vault.models import DataKey
from referrals import actions, lists, models, tasks
from referrals.acting import By
from referrals.errors import NotAllowed, TooLate
from tests.helpers.cases import CANNABIS
from tests.helpers.world import World
from tests.referrals.test_views import NEW, at, read, text, typed

LIVE = {"HX-Request": "true"}


def kept(by: By, draft_id: UUID | None = None, **fields: list[str]) -> models.Draft:
    with scope.scope(by.unit.pk):
        return actions.keep_draft(draft_id=draft_id or uuid7(), typed=fields, by=by, now=clock.now())


def drafts(by: By) -> list[models.Draft]:
    with scope.scope(by.unit.pk):
        return list(lists.drafts(unit=by.unit, user=by.user))


def opened(by: By, draft_id: UUID) -> models.Case:
    with scope.scope(by.unit.pk):
        return actions.open_case(
            identity={}, answers=CANNABIS, wishes="", first_contact_on=clock.today(), draft_id=draft_id, by=by,
            now=clock.now(),
        )  # fmt: skip


def colleague(by: By) -> By:
    user = User.objects.create_user("anna@0751.example", "correct horse battery staple", name="Anna Berg")
    Membership.objects.create(user=user, unit=by.unit, role=Role.FRONTLINE)
    return By(user=user, unit=by.unit)


def test_what_is_typed_is_kept_with_the_live_match_and_resumed(world: World) -> None:
    client, draft_id = at(world.alice), str(uuid7())
    client.post(NEW, typed(do="", draft=draft_id, municipality="", age=""), headers=LIVE)
    client.post(NEW, typed(do="", draft=draft_id, duty=["offer_medical_consultation"]), headers=LIVE)
    (draft,) = drafts(world.alice)
    assert str(draft.pk) == draft_id
    with scope.scope(world.alice.unit.pk):
        assert draft.typed == {
            "age": ["30"],
            "duty": ["offer_medical_consultation"],
            "first_contact_on": [clock.today().isoformat()],
            "municipality": ["0751"],
            "name": ["Mikkel Opfundet"],
            "phone": ["20 00 00 01"],
            "substance_use": ["misuse"],
            "substances": ["cannabis"],
            "wishes": ["Helst om formiddagen"],
        }
    page = client.get(reverse("draft", args=[draft_id])).content.decode()
    assert 'value="Mikkel Opfundet"' in page
    assert "Helst om formiddagen" in page
    assert re.search(r'value="offer_medical_consultation"[^>]* checked', page)
    assert f'name="draft" value="{draft_id}"' in page
    assert read(world.alice, models.Case) == []


def test_the_database_holds_no_word_of_it(world: World) -> None:
    kept(world.alice, name=["Mikkel Opfundet"])
    with scope.scope(world.alice.unit.pk), connection.cursor() as cursor:
        cursor.execute("SELECT content FROM referrals_draft")
        assert b"Mikkel" not in bytes(cursor.fetchone()[0])


def test_an_unfinished_draft_is_no_mistake(world: World) -> None:
    draft = kept(world.alice, name=["Mikkel Opfundet"])
    page = at(world.alice).get(reverse("draft", args=[draft.pk])).content.decode()
    assert "error-summary" not in page
    assert "form-error" not in page


def test_the_start_page_lists_own_drafts_only(world: World) -> None:
    anna = colleague(world.alice)
    draft = kept(world.alice, pseudonym=["Ørnen"])
    page = text(at(world.alice).get("/"))
    local = draft.started_at.astimezone(clock.COPENHAGEN)
    assert f"kl. {local:%H.%M} Ørnen" in page
    assert "Kladde fra" not in text(at(anna).get("/"))
    for stranger in (anna, world.erik):
        assert at(stranger).get(reverse("draft", args=[draft.pk])).status_code == 404
        assert at(stranger).post(reverse("delete_draft", args=[draft.pk])).status_code == 302
    assert [each.pk for each in drafts(world.alice)] == [draft.pk]
    assert at(world.bo).get(reverse("draft", args=[draft.pk])).status_code == 403


def test_nobody_writes_in_the_draft_of_another(world: World) -> None:
    draft = kept(world.alice, name=["Mikkel Opfundet"])
    for stranger in (colleague(world.alice), world.erik):
        with pytest.raises(NotAllowed):
            kept(stranger, draft.pk, name=["Andet"])
    (same,) = drafts(world.alice)
    with scope.scope(world.alice.unit.pk):
        assert same.typed == {"name": ["Mikkel Opfundet"]}
    assert DataKey.objects.count() == 1


def test_of_two_windows_the_last_wins_whole(world: World) -> None:
    draft = kept(world.alice, name=["Mikkel"], wishes=["Ro"])
    kept(world.alice, draft.pk, name=["Mikkel Opfundet"])
    (one,) = drafts(world.alice)
    with scope.scope(world.alice.unit.pk):
        assert one.typed == {"name": ["Mikkel Opfundet"]}


def test_the_worker_deletes_it_and_its_key(world: World) -> None:
    draft = kept(world.alice, name=["Mikkel Opfundet"])
    for _twice in range(2):
        response = at(world.alice).post(reverse("delete_draft", args=[draft.pk]))
        assert response.status_code == 302
    assert drafts(world.alice) == []
    assert DataKey.objects.get(pk=draft.data_key_id).wrapped is None


def test_the_case_that_is_opened_takes_the_place_of_the_draft(world: World) -> None:
    client, draft_id = at(world.alice), str(uuid7())
    client.post(NEW, typed(do="", draft=draft_id), headers=LIVE)
    assert client.post(NEW, typed(draft=draft_id)).url == f"/cases/{draft_id}/"  # type: ignore[attr-defined]
    assert drafts(world.alice) == []
    # What another window still sends opens nothing, and leads to the case
    assert client.post(NEW, typed(draft=draft_id, name="En anden")).url == f"/cases/{draft_id}/"  # type: ignore[attr-defined]
    assert "Kladden er blevet til en sag" in text(client.post(NEW, typed(do="", draft=draft_id), headers=LIVE))
    assert client.get(reverse("draft", args=[draft_id])).url == f"/cases/{draft_id}/"  # type: ignore[attr-defined]
    assert [str(case.pk) for case in read(world.alice, models.Case)] == [draft_id]
    assert drafts(world.alice) == []
    with scope.scope(world.alice.unit.pk), pytest.raises(TooLate):
        actions.keep_draft(draft_id=UUID(draft_id), typed={}, by=world.alice, now=clock.now())


def test_what_could_not_be_saved_is_still_a_draft(world: World) -> None:
    draft_id = str(uuid7())
    assert at(world.alice).post(NEW, typed(draft=draft_id, age="")).status_code == 422
    assert [str(draft.pk) for draft in drafts(world.alice)] == [draft_id]
    assert read(world.alice, models.Case) == []


def test_kept_by_a_button_without_javascript(world: World) -> None:
    draft_id = str(uuid7())
    response = at(world.alice).post(NEW, typed(do="keep", draft=draft_id), follow=True)
    assert response.redirect_chain == [(f"/cases/drafts/{draft_id}/", 302)]
    assert "Kladden er gemt." in text(response)


@pytest.mark.parametrize("draft_id", ["", "no-uuid"])
def test_a_page_without_an_id_opens_a_case_all_the_same(world: World, draft_id: str) -> None:
    assert at(world.alice).post(NEW, typed(draft=draft_id)).status_code == 302
    assert len(read(world.alice, models.Case)) == 1


def test_two_windows_that_save_at_once_open_one_case(committed_world: World) -> None:
    alice = committed_world.alice
    draft = kept(alice, name=["Mikkel Opfundet"])
    gate, found = threading.Barrier(2), list[Any]()

    def save() -> None:
        try:
            gate.wait(timeout=10)
            found.append(opened(alice, draft.pk).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=save) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert found == [draft.pk, draft.pk]
    assert [case.pk for case in read(alice, models.Case)] == [draft.pk]
    assert drafts(alice) == []


def test_after_thirty_days_without_a_word_it_is_forgotten(world: World) -> None:
    old, young = kept(world.alice, name=["Gammel"]), kept(world.erik, name=["Ny"])
    for by, draft, days in ((world.alice, old, 31), (world.erik, young, 29)):
        with scope.scope(by.unit.pk):
            models.Draft.objects.filter(pk=draft.pk).update(updated_at=clock.now() - timedelta(days=days))
    tasks.remove_old_drafts()
    assert drafts(world.alice) == []
    assert [draft.pk for draft in drafts(world.erik)] == [young.pk]
    assert set(DataKey.objects.exclude(wrapped=None).values_list("pk", flat=True)) == {young.data_key_id}
    assert actions.remove_old_drafts(now=clock.now() + timedelta(days=2)) == 1
