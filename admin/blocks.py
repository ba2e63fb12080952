"""Local blocks of people and organisations, each with its reason; they act at the next request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from admin.base import ServiceView
from admin.lists import Address
from domain.errors import N_
from domain.permissions import Permission
from forms.back_office import BlockForm, UnblockForm
from models.identity import AccessBlock
from services.identity import block_list, blocks
from services.listing import Page


class BlocksView(ServiceView):
    """The local blocks."""

    required_permission = Permission.BLOCKS_MANAGE
    column_list = ("kind", "key", "who", "reason", "blocked_at", "blocked_by")
    list_template = "admin/blocks/list.html"
    form_template = "admin/blocks/form.html"
    create_form_class = BlockForm
    remove_form_class = UnblockForm
    texts: ClassVar[Mapping[str, str]] = {
        "create_done": N_("De toegang is geblokkeerd, ook voor wie nu aangemeld is."),
        "remove_done": N_("De blokkering is opgeheven."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(AccessBlock, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """Every block, the newest first."""
        rows = tuple(block_list.block_list(self.actor))
        return {
            "page": Page(rows, ("",) * len(rows), 1, more=False),
            "address": Address(self.get_url(".index_view"), {}),
            "search": None,
            "chips": [],
        }

    def title_of(self, row: AccessBlock) -> str:
        """The number that is blocked."""
        return row.key

    def create(self, data: Mapping[str, Any]) -> AccessBlock:
        """Block."""
        return blocks.block(self.actor, data["kind"], data["key"], data["reason"])

    def created(self, outcome: AccessBlock) -> None:
        """End the sessions that are open."""
        blocks.end_sessions_of(outcome)

    def remove(self, key: str, data: Mapping[str, Any]) -> None:
        """Lift a block."""
        blocks.unblock(self.actor, self.pk(key), data["reason"])
