"""Records in Django's admin that are only looked at."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class ReadOnlyAdmin(AnyAdmin):
    """History and promises: looked at, never typed in, changed or deleted, whatever is sent."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GuardedAdmin(ReadOnlyAdmin):
    """Rows with fields nobody reads here, `hidden`; an address cannot ask for them letter by letter either."""

    hidden: ClassVar[tuple[str, ...]]
    hidden_relations: ClassVar[tuple[str, ...]] = ()
    """Rows nobody reads here by way of these."""

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.hidden

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        is_hidden = not {*self.hidden, *self.hidden_relations}.isdisjoint(lookup.split("__"))
        return not is_hidden and super().lookup_allowed(lookup, value, request)
