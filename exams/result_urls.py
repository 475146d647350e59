"""Where staff read results: overview, ranks, questions, versions."""

from django.urls import path

from exams import rank_views
from exams import result_views as views

urlpatterns = [
    path("tests/<uuid:public_id>/results/", views.test_results, name="test_results"),
    path("tests/<uuid:public_id>/results/ranks/", rank_views.test_ranks, name="test_ranks"),
    path("tests/<uuid:public_id>/results/ranks.csv", rank_views.test_ranks_csv, name="test_ranks_csv"),
    path("tests/<uuid:public_id>/results/ranks.xlsx", rank_views.test_ranks_xlsx, name="test_ranks_xlsx"),
    path("tests/<uuid:public_id>/results/questions/", views.test_items, name="test_items"),
    path("tests/<uuid:public_id>/results/questions/<int:number>/", views.test_item, name="test_item"),
    path("tests/<uuid:public_id>/results/versions/", views.result_versions, name="result_versions"),
    path("tests/<uuid:public_id>/results/reckon/", views.test_reckon, name="test_reckon"),
]
