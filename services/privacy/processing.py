"""The register of processing, read from the models (``__processing__``): as rows, for a page, files and docs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.actor import Actor
from domain.permissions import Permission
from domain.processing import (
    BASIS_LABELS,
    CATEGORY_LABELS,
    RECIPIENT_LABELS,
    SUBJECT_LABELS,
    NoPersonalData,
    Processing,
)
from domain.retention import RULES
from models.all import Base
from services import access

#: Named in the JSON; another number means another form.
FORMAT = "dossierloket.verwerkingsregister/1"


@dataclass(frozen=True, slots=True)
class Table:
    """One table and what it says of itself."""

    name: str
    says: Processing | NoPersonalData

    @property
    def personal(self) -> Processing | None:
        """What it holds about people, or None."""
        return self.says if isinstance(self.says, Processing) else None


def register() -> Sequence[Table]:
    """Every table by name. Needs no database."""
    found = [Table(mapper.class_.__tablename__, mapper.class_.__processing__) for mapper in Base.registry.mappers]
    return sorted(found, key=lambda table: table.name)


def shown(actor: Actor) -> Sequence[Table]:
    """The register for the department; Forbidden for others."""
    access.require(actor, Permission.RETENTION_MANAGE)
    return register()


def as_json(tables: Sequence[Table]) -> dict[str, Any]:
    """The register as documented JSON; every label is Dutch, every code stays the same."""
    return {
        "format": FORMAT,
        "processing": [_table(table.name, table.personal) for table in tables if table.personal is not None],
        "without_personal_data": [
            {"table": table.name, "what": table.says.what} for table in tables if isinstance(table.says, NoPersonalData)
        ],
        "retention": [
            {
                "code": which.value,
                "label": rule.label,
                "term": rule.term,
                "counted_from": rule.counted_from,
                "basis": rule.basis,
                "erasing": rule.erasing,
                "assumed": rule.assumed,
            }
            for which, rule in RULES.items()
        ],
    }


def _table(name: str, says: Processing) -> dict[str, Any]:
    rule = RULES[says.retention]
    return {
        "table": name,
        "purpose": says.purpose,
        "subjects": [SUBJECT_LABELS[one] for one in says.subjects],
        "columns": [{"column": column, "category": CATEGORY_LABELS[what]} for column, what in says.columns.items()],
        "basis": BASIS_LABELS[says.basis],
        "recipients": [RECIPIENT_LABELS[one] for one in says.recipients],
        "retention": says.retention.value,
        "kept": f"{rule.term} na {rule.counted_from}" if rule.counted_from else rule.term,
    }


def as_markdown(tables: Sequence[Table]) -> str:
    """The rows of ``docs/register.md``: one table a line."""
    lines = [
        "| Table | Purpose | Of whom | Columns | Basis | Recipients | Kept |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in as_json(tables)["processing"]:
        columns = ", ".join(f"`{column['column']}`" for column in one["columns"])
        cells = (
            f"`{one['table']}`",
            one["purpose"],
            ", ".join(one["subjects"]),
            columns,
            one["basis"],
            ", ".join(one["recipients"]),
            f"{one['retention']}: {one['kept']}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    free = [f"| `{one['table']}` | {one['what']} |" for one in as_json(tables)["without_personal_data"]]
    return "\n".join([*lines, "", "## Without personal data", "", "| Table | What |", "|---|---|", *free]) + "\n"
