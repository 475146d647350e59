"""People: the composed list and page of a person, at addresses beside those of accounts."""

from django.urls import path

from coaching.pages import people, person

urlpatterns = [
    path("people/", people.people_list, name="people"),
    path("people/chosen/", people.people_act, name="people_act"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/<uuid:public_id>/", person.person, name="person"),
]
