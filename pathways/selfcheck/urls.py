"""The self-check's own addresses. They name questions, never answers."""

from django.urls import path

from pathways.selfcheck import views

urlpatterns = [
    path("check/", views.start, name="check_start"),
    path("check/questions/<slug:slug>/", views.question, name="check_question"),
    path("check/answers/", views.so_far, name="check_so_far"),
    path("check/result/", views.show_result, name="check_result"),
    path("check/reading/", views.read_as, name="check_reading"),
    path("check/forget/", views.forget, name="check_forget"),
    path("check/forgotten/", views.forgotten, name="check_forgotten"),
    path("doors/<uuid:service_id>/", views.show_door, name="door"),
    path("doors/<uuid:service_id>/sheet/", views.door_sheet, name="door_sheet"),
]
