"""Where questions are found, read, written and put away."""

from django.urls import path

from exams import bank_views as views
from exams import image_views, topic_views

urlpatterns = [
    path("bank/", views.question_list, name="bank"),
    path("bank/new/", views.question_new, name="bank_question_new"),
    path("bank/preview/", views.question_preview, name="bank_preview"),
    path("bank/topics/", topic_views.topic_list, name="topic_list"),
    path("bank/topics/<int:number>/", topic_views.topic_rename, name="topic_rename"),
    path("bank/<uuid:public_id>/", views.question, name="bank_question"),
    path("bank/<uuid:public_id>/edit/", views.question_edit, name="bank_question_edit"),
    path("bank/<uuid:public_id>/state/", views.question_state, name="bank_question_state"),
    path("bank/<uuid:public_id>/compare/", views.question_compare, name="bank_question_compare"),
    path("images/<uuid:public_id>/", image_views.question_image, name="question_image"),
]
