"""What happens to one person, page by page. Nothing in an address identifies anybody."""

from django.urls import path

from referrals.views import case, choose_service, inbox, my_list, new_case, outbox, referral

urlpatterns = [
    path("", my_list.my_list, name="my_list"),
    path("search/", my_list.search, name="search"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("cases/new/", new_case.new_case, name="new_case"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("cases/<uuid:case_id>/link/", case.link_person, name="link_person"),
    path("cases/<uuid:case_id>/unlink/<uuid:link_id>/", case.unlink_person, name="unlink_person"),
    path("cases/<uuid:case_id>/services/<uuid:service_id>/", choose_service.choose_service, name="choose_service"),
    path("referrals/<uuid:referral_id>/", referral.referral, name="referral"),
    path("referrals/<uuid:referral_id>/open/", referral.open_referral, name="open_referral"),
    path("referrals/<uuid:referral_id>/accept/", referral.accept_referral, name="accept_referral"),
    path("referrals/<uuid:referral_id>/book/", referral.book_time, name="book_time"),
    path("referrals/<uuid:referral_id>/arrive/", referral.confirm_arrival, name="confirm_arrival"),
    path("referrals/<uuid:referral_id>/cancel/", referral.cancel_referral, name="cancel_referral"),
    path("demo/outbox/", outbox.demo_outbox, name="demo_outbox"),
    path("bounces/", outbox.BounceView.as_view(), name="bounces"),
]
