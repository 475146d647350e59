"""Where classes are: venues with a position on the earth, and the rooms in them."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

RADIUS_M = 50
"""Whoever is so near the middle of a venue is there, unless it says otherwise."""
LEAST_RADIUS_M, MOST_RADIUS_M = 10, 1000


class Venue(models.Model):
    """A building or hall: its middle in degrees (WGS 84) and how far around it, in metres, somebody is still there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=6, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    radius_m = models.PositiveSmallIntegerField(
        _("radius in metres"),
        default=RADIUS_M,
        validators=[MinValueValidator(LEAST_RADIUS_M), MaxValueValidator(MOST_RADIUS_M)],
    )

    class Meta:
        db_table = "venues"
        ordering = ("name", "pk")
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="venue_name_once", violation_error_message=_("There is a venue of this name.")
            ),
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="venue_is_on_earth",
                violation_error_message=_("Latitude is -90 to 90, longitude -180 to 180."),
            ),
            models.CheckConstraint(
                condition=Q(radius_m__gte=LEAST_RADIUS_M, radius_m__lte=MOST_RADIUS_M),
                name="venue_radius",
                violation_error_message=_("The radius is 10 to 1000 metres."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoomQuerySet(models.QuerySet["Room"]):
    def usable(self) -> Self:
        """Rooms classes may still be put into."""
        return self.filter(is_active=True)


class Room(models.Model):
    """A room in which one class is held at a time; one no longer used is kept, for the classes held in it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="rooms", verbose_name=_("venue")
    )
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        db_table = "rooms"
        ordering = ("name", "pk")
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="room_name_once", violation_error_message=_("There is a room of this name.")
            )
        ]

    def __str__(self) -> str:
        return self.name
