"""Where answers of a test are compared."""

from django.urls import path

from exams import alike_views

urlpatterns = [path("tests/<uuid:public_id>/results/alike/", alike_views.test_alike, name="test_alike")]
