"""The inputs of both sides of a subject, as Hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mapper.check.model import Side
from mapper.verify import x12_subject
from mapper.verify.fhir_inputs import FhirInputs
from mapper.verify.hl7v2_inputs import Hl7v2Inputs
from mapper.verify.laws import Laws
from mapper.verify.subject import MessageSubject, PartSubject, Subject
from mapper.verify.x12_inputs import X12Inputs

MOST_BUNDLES = 3


def inputs(laws: Laws, side: Side) -> st.SearchStrategy[Any]:
    """The inputs of one side of a subject."""
    if side == "right":
        return fhir_inputs(laws)
    if isinstance(laws.subject, MessageSubject | PartSubject):
        return hl7v2_inputs(laws, laws.subject)
    assert isinstance(laws.subject, x12_subject.TransactionSubject | x12_subject.PartSubject)
    return x12_inputs(laws, laws.subject)


def hl7v2_inputs(laws: Laws, subject: MessageSubject | PartSubject) -> st.SearchStrategy[bytes]:
    """Messages with the subject's HL7 v2 side."""
    source = Hl7v2Inputs(subject.v2, laws.facts.left, _events(subject))

    @st.composite
    def drawn(draw: Any) -> bytes:
        if isinstance(subject, PartSubject):
            if subject.left_kind == "segment":
                return subject.serialize(source.segment(draw, subject.left))
            return subject.serialize(source.value(draw, subject.left, "", None))
        structure = draw(st.sampled_from(subject.mapping.left.types))
        return subject.serialize((structure, source.message(draw, structure)))

    return drawn()


def x12_inputs(
    laws: Laws, subject: x12_subject.TransactionSubject | x12_subject.PartSubject
) -> st.SearchStrategy[bytes]:
    """Interchanges with the subject's X12 side."""
    source = X12Inputs(subject.x12, laws.facts.left)

    @st.composite
    def drawn(draw: Any) -> bytes:
        if isinstance(subject, x12_subject.TransactionSubject):
            return subject.serialize(source.loop(draw, subject.set))
        if subject.left_kind == "group":
            return subject.serialize(source.loop(draw, subject.left))
        if subject.left_kind == "segment":
            return subject.serialize(source.segment(draw, subject.left))
        return subject.serialize(source.value(draw, subject.left))

    return drawn()


def _events(subject: Subject) -> dict[str, str]:
    return dict(subject.structures["events"]) if isinstance(subject, MessageSubject) else {}


def fhir_inputs(laws: Laws) -> st.SearchStrategy[Any]:
    """Documents with the subject's FHIR side."""
    subject = laws.subject
    structures = subject.mapping.left.types
    events = sorted(event for event, name in _events(subject).items() if name in structures)
    source = FhirInputs(subject.r4, laws.facts.right, [event.partition("^")[2] for event in events])
    several = (
        MOST_BUNDLES if isinstance(subject, x12_subject.TransactionSubject) and subject.entry.many else 1
    )

    @st.composite
    def drawn(draw: Any) -> Any:
        if not subject.whole:
            part, entries = source.part(draw, subject.mapping.right.types[0])
            return {
                "part": part,
                "bundle": {"resourceType": "Bundle", "type": "collection", "entry": entries},
            }
        if isinstance(subject, MessageSubject):
            return source.bundle(draw)
        return [source.collection(draw) for _ in range(draw(st.integers(1, several)))]

    return drawn()
