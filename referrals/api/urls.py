from django.urls import path

from referrals.api import views

app_name = "referrals_api"
urlpatterns = [
    path("referrals/<uuid:referral_id>/return/", views.ReturnReferralView.as_view(), name="return_referral"),
]
