"""Findings of validation as notes of acknowledgements."""

from __future__ import annotations

from collections.abc import Iterable

from runtime.codecs.x12 import Event
from runtime.x12.acknowledge.collect import Check
from runtime.x12.acknowledge.received import Note
from runtime.x12.validate import Validation, X12Finding


def checked_by(validation: Validation) -> Check:
    """The check that `collect` takes. `validation` must not be used for another stream at the same time."""

    def check(event: Event) -> Iterable[Note]:
        return [note_of(each) for each in validation.check(event).findings if _is_told(each)]

    return check


def _is_told(finding: X12Finding) -> bool:
    """Whether a note is made of a finding: faults of the envelope are taken from the codec, advice is for us alone."""
    return bool(finding.kind.ik304) and not finding.envelope and finding.level != "info"


def note_of(finding: X12Finding) -> Note:
    """A finding about a segment or element as a note; of a segment that is missing it is about that one."""
    loop, _, missing = finding.missing.rpartition("/")
    return Note(
        missing or finding.segment,
        finding.ordinal,
        loop or finding.loop,
        finding.kind.ik304,
        0 if missing else finding.element,
        0 if missing else finding.component,
        finding.repetition,
        "" if missing else finding.data_element,
        finding.kind.ik403 if finding.element else "",
        finding.snip,
        finding.claim,
        finding.status,
        finding.level == "warning",
        "" if missing else finding.value,
        finding.trigger,
    )
