"""Where the paper of a test is arranged."""

from django.urls import path

from exams import paper_views as views
from exams import placing_views

urlpatterns = [
    path("tests/<uuid:public_id>/questions/", views.test_paper, name="test_paper"),
    path("tests/<uuid:public_id>/sections/new/", views.section_new, name="section_new"),
    path("sections/<uuid:public_id>/", views.section_edit, name="section_edit"),
    path("sections/<uuid:public_id>/move/", views.section_move, name="section_move"),
    path("sections/<uuid:public_id>/remove/", views.section_remove, name="section_remove"),
    path("sections/<uuid:public_id>/add/", placing_views.section_add, name="section_add"),
    path("sections/<uuid:public_id>/blueprint/", placing_views.section_blueprint, name="section_blueprint"),
    path("placed/<uuid:public_id>/move/", views.placed_move, name="placed_move"),
    path("placed/<uuid:public_id>/move-all/", views.placed_block_move, name="placed_block_move"),
    path("placed/<uuid:public_id>/remove/", views.placed_remove, name="placed_remove"),
    path("placed/<uuid:public_id>/newest/", views.placed_newest, name="placed_newest"),
]
