"""News: one's own, and the admins' log of deliveries."""

from django.urls import path

from accounts import notification_views

urlpatterns = [
    path("notifications/", notification_views.notification_list, name="notification_list"),
    path("notifications/bell/", notification_views.notification_bell, name="notification_bell"),
    path("notifications/read/", notification_views.notification_read_all, name="notification_read_all"),
    path("notifications/choices/", notification_views.notification_choices, name="notification_choices"),
    path("notifications/<uuid:public_id>/open/", notification_views.notification_open, name="notification_open"),
    path("deliveries/", notification_views.delivery_list, name="delivery_list"),
    path("deliveries/retry/", notification_views.delivery_retry, name="delivery_retry"),
]
