from django.urls import path

from pathways.api import views

app_name = "api"
urlpatterns = [path("match/", views.MatchView.as_view(), name="match")]
