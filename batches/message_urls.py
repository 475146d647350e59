"""Where a batch is written to."""

from django.urls import path

from batches import message_views

urlpatterns = [path("<uuid:public_id>/message/", message_views.batch_message, name="batch_message")]
