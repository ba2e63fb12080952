"""A file as its own side sees it in a draft: what it is, how it stands, and what it tells about a person.

Never shown to the other party: what a file tells is what the other party must not learn (C-046).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.econtracting import person_traces
from domain.econtracting.attachments import ATTACHMENT_STATE_LABELS, BY_MEDIA_TYPE, AttachmentState
from domain.econtracting.person_traces import IN_CONTENT, IN_NAME, TRACE_LABELS, Trace
from domain.errors import Finding
from models.file_document import Attachment
from services.econtracting.attachments import reading


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One thing a file tells: the words for it, the value, and the file in a ZIP it was found in."""

    label: str
    value: str
    inside: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file in the list of a draft. ``size`` in bytes; ``digest`` SHA-256, hex; ``problem`` stops sending.

    ``warns``: what it tells that should not be told; ``mentions``: what is only said. ``can_strip`` and ``can_rename``
    say what helps; ``stripped``: that something was taken out before.
    """

    reference: str
    name: str
    type: str
    size: int
    digest: str
    slot: str
    state: AttachmentState
    state_label: str
    problem: Finding | None
    warns: Sequence[ToldLine]
    mentions: Sequence[ToldLine]
    can_strip: bool
    can_rename: bool
    signed: bool
    stripped: bool


def line(row: Attachment) -> FileLine:
    """A row as a line of the list."""
    told = person_traces.from_json(row.findings) if row.state is AttachmentState.CLEAN else ()
    kind = BY_MEDIA_TYPE.get(row.media_type)
    traces = {one.trace for one in told}
    signed = Trace.SIGNED in traces
    warned = IN_CONTENT | IN_NAME
    return FileLine(
        reference=row.reference,
        name=row.name,
        type=kind.label if kind is not None else "",
        size=row.size,
        digest=row.digest,
        slot=row.slot,
        state=row.state,
        state_label=ATTACHMENT_STATE_LABELS[row.state],
        problem=reading.problem(row),
        warns=[_told(one) for one in told if one.trace in warned],
        mentions=[_told(one) for one in told if one.trace not in warned],
        can_strip=bool(traces & IN_CONTENT) and not signed,
        can_rename=bool(traces & IN_NAME),
        signed=signed,
        stripped=row.stripped_from is not None,
    )


def _told(one: person_traces.Told) -> ToldLine:
    return ToldLine(TRACE_LABELS[one.trace], one.value, one.inside)
