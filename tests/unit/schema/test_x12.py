"""X12 as a schema: paths of mappings, positions and qualifiers, wider types, several sets, total look-ups."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema import UnknownProfile, UnknownVersion, load, x12_data
from mapper.schema.describe import Description, NotFound, describe
from mapper.schema.x12 import X12Schema
from mapper.schema.x12_structure import loops


def loaded(*versions: str) -> X12Schema:
    schema = load("x12", versions)
    assert isinstance(schema, X12Schema)
    return schema


ALL, CLAIM = loaded(), loaded("005010X222A1")


def stands(schema: X12Schema, path: str) -> Description:
    found = describe(schema, path)
    assert isinstance(found, Description), found
    return found


@pytest.mark.parametrize(
    ("path", "types", "minimum", "maximum", "fixed", "length"),
    [
        ("2010AA/NM109", ("AN",), 0, 1, None, 80),
        ("2010AA/NM101", ("ID",), 1, 1, "85", 3),
        ("2300/CLM05-3", ("ID",), 1, 1, None, 1),
        ("2300/CLM05", ("2300.CLM.5",), 1, 1, None, None),
        ("2300/CLM02", ("R",), 1, 1, None, 18),
        ('2300/REF("G1")/REF02', ("AN",), 1, 1, None, 50),
        ('2400/DTP("472")/DTP03', ("D8", "RD8"), 1, 1, None, 35),
        ('2300/DTP("431")/DTP03', ("D8",), 1, 1, None, 35),
        ("837P/BHT03", ("AN",), 1, 1, None, 50),
        ("837P/BHT04", ("D8",), 1, 1, None, 8),
        ("837P/2300/2310A/NM103", ("AN",), 1, 1, None, 60),
        ("837P/2400/2410/LIN03", ("AN",), 1, 1, None, 48),
        ('2300/HI("ABK")/HI01-2', ("AN",), 1, 1, None, 30),
        ("2000A/2300", ("2300",), 0, 100, None, None),
        ("2300/2310A", ("2310A",), 0, 2, None, None),
        ("2400/SV107-1", ("N0",), 1, 1, None, 2),
    ],
)
def test_places_of_a_claim(
    path: str,
    types: tuple[str, ...],
    minimum: int,
    maximum: int | None,
    fixed: str | None,
    length: int | None,
) -> None:
    found = stands(CLAIM, path)
    if found.element is None:  # a loop that a path names at once
        assert found.type is not None
        assert found.type.name == types[0]
        return
    element = found.element
    assert (element.types, element.minimum, element.maximum) == (types, minimum, maximum)
    assert (element.fixed, element.length) == (fixed, length)


def test_a_set_runs_from_st_to_se() -> None:
    assert [child.name for child in CLAIM.elements("837P")] == ["ST", "BHT", "1000A", "1000B", "2000A", "SE"]
    info = CLAIM.type("837P")
    assert info is not None
    assert info.kind == "message"


def test_a_segment_is_a_case_of_its_wider_type() -> None:
    case, wider = CLAIM.type("2010AA.NM1"), CLAIM.type("NM1")
    assert case is not None
    assert wider is not None
    assert (case.kind, case.general, wider.kind, wider.general) == ("segment", "NM1", "segment", None)
    composite = CLAIM.type("2300.CLM.5")
    assert composite is not None
    assert (composite.kind, composite.general) == ("composite", "C023")


def test_every_type_says_what_it_is() -> None:
    assert [name for name in ALL.type_names() if not ALL.type(name).text] == []  # type: ignore[union-attr]
    assert stands(ALL, "C023").type == ALL.type("C023")


def test_a_wider_type_has_the_steps_of_every_case() -> None:
    for name in ALL.type_names():
        info = ALL.type(name)
        if info is None or info.general is None:
            continue
        wider = {element.name: element for element in ALL.elements(info.general)}
        for element in ALL.elements(name):
            general = wider[element.name]
            assert general.minimum <= element.minimum
            assert general.maximum is None or (element.maximum or 0) <= general.maximum
            assert general.length is None or (element.length or 0) <= general.length
            simple = [kind for kind in element.types if ALL.type(kind).kind == "primitive"]  # type: ignore[union-attr]
            assert {*simple} <= {*general.types} or general.types == ("AN",)
            for system, codes in (general.binding.codes or {}).items() if general.binding else ():
                held = element.binding.codes or {} if element.binding else {}
                assert held.get(system, frozenset()) <= codes


def test_ta1_is_a_set_of_one_segment() -> None:
    assert [child.types for child in ALL.elements("TA1")] == [("TA1.TA1",)]
    code = stands(ALL, "TA1/TA104").element
    assert code is not None
    assert code.text == "Interchange Acknowledgement Code"


def test_codes_are_those_of_the_data_element() -> None:
    binding = stands(CLAIM, "2010AA/NM102").binding
    assert binding is not None
    assert (binding.strength, binding.value_set) == ("required", "DE1065")
    assert {(code.system, code.code) for code in binding.codes or ()} == {("DE1065", "1"), ("DE1065", "2")}


def test_external_lists_are_named() -> None:
    binding = stands(CLAIM, "2010BA/N402").binding
    assert binding is not None
    assert (binding.strength, binding.value_set) == ("extensible", "states")
    assert {"TX", "NY"} <= {code.code for code in binding.codes or ()}


def test_what_a_guide_does_not_use_is_left_out() -> None:
    assert CLAIM.element("2010AA.NM1", "10") is None
    assert stands(CLAIM, "2000B/SBR01").element is not None
    assert isinstance(describe(CLAIM, "2010AA/NM110"), NotFound)


@pytest.mark.parametrize(
    ("loop", "step", "code", "slot", "qualifier", "exact"),
    [
        ("2300", "REF", "G1", "REF_G1", ("1",), True),
        ("2300", "DTP", "360", "DTP_314", ("1",), False),
        ("2300", "HI", "ABK", "HI_ABK", ("1", "1"), False),
        ("2300", "2310A", "DN", "2310A", ("NM1", "1"), False),
        ("2410", "LIN", "N4", "LIN", ("2",), False),
        ("2320", "AMT", "EAF", "AMT_EAF", ("1",), True),
        ("2400", "PWK", "AB", "PWK_AB", ("2",), False),
        ("2400", "SV1", "HC", "SV1", ("1", "1"), False),
        ("2010AA", "PER", "IC", "PER", ("1",), True),
    ],
)
def test_a_qualifier_names_a_position(
    loop: str, step: str, code: str, slot: str, qualifier: tuple[str, ...], exact: bool
) -> None:
    (found,) = CLAIM.positions(loop, step, code)
    assert (found.element.slot, found.qualifier, found.exact) == (slot, qualifier, exact)
    assert code in found.codes


def test_a_segment_with_several_positions_is_no_single_child() -> None:
    assert CLAIM.element("2300", "REF") is None
    assert len(CLAIM.positions("2300", "REF")) == 14
    assert CLAIM.positions("2300", "REF", "XX") == ()
    assert {"CT"} <= {code for each in CLAIM.positions("2400", "PWK", "CT") for code in each.codes}
    missing = describe(CLAIM, "2300/REF")
    assert isinstance(missing, NotFound)
    assert all(name.startswith("REF_") for name in missing.nearest)


def test_every_position_is_found_by_each_of_its_codes() -> None:
    for table in x12_data.set_tables().values():
        schema = load("x12", [table["version"]])
        assert isinstance(schema, X12Schema)
        for loop in loops(table["root"]):
            for child in loop["children"]:
                for number, component, codes in child.get("match", ()):
                    for code in codes:
                        slots = [
                            each.element.slot for each in schema.positions(loop["id"], child["id"], code)
                        ]
                        assert child["slot"] in slots, (loop["id"], child["slot"], number, component)


def test_a_claim_stands_below_subscriber_or_patient() -> None:
    assert CLAIM.enclosing("2300") == ("2000B", "2000C")
    assert CLAIM.chains("2300") == (
        ("837P", "2000A", "2000B", "2300"),
        ("837P", "2000A", "2000B", "2000C", "2300"),
    )
    assert CLAIM.chains("837P") == (("837P",),)
    assert CLAIM.chains("9999") == ()


def test_the_format_beside_a_date_is_its_discriminator() -> None:
    assert CLAIM.discriminator("2400.DTP_472", "3") == "2"
    assert CLAIM.discriminator("DTP", "3") == "2"
    assert CLAIM.discriminator("2010BA.DMG", "2") == "1"
    assert CLAIM.discriminator("2400.DTP_472", "1") is None
    assert CLAIM.discriminator("2300", "3") is None


def test_sets_share_a_schema_and_the_first_has_the_bare_names() -> None:
    both = loaded("005010X221A1", "005010X222A1")
    assert (both.set_of("1000A"), both.set_of("837P.1000A")) == ("835", "837P")
    assert [child.types for child in both.elements("837P") if child.name == "1000A"] == [("837P.1000A",)]
    first, second = stands(both, "1000A/N102"), stands(both, "837P/1000A/NM103")
    assert (first.element and first.element.text) == "Payer Name"
    assert (second.element and second.element.text) == "Submitter Last or Organization Name"
    assert both.set_of("NM1") is None


def test_an_accepted_version_is_read_by_the_guide() -> None:
    for version in ("005010X222", "005010X222A2"):
        schema = loaded(version)
        assert list(schema.tables) == ["837P"]
    eligibility = loaded("005010X279A1")
    assert list(eligibility.tables) == ["270", "271"]


def test_unknown_versions_and_profiles_are_told() -> None:
    with pytest.raises(UnknownVersion, match="known: 005010X222A1, 005010X222, "):
        load("x12", ["005010X999"])
    with pytest.raises(UnknownProfile):
        load("x12", ["005010X222A1"], "us-core")


@pytest.mark.parametrize("name", ["claim_837p.map", "x835_meds_results.map"])
def test_segments_that_the_design_names_exist(name: str) -> None:
    """Every element that a first sketch of the mappings writes down is one of some loop, and used there."""
    path = Path(__file__).parents[3] / ".." / "shared" / "design" / "sketch" / name
    if not path.is_file():
        pytest.skip("the sketches are not there")
    text = re.sub(r'#.*|"[^"]*"', "", path.read_text(encoding="utf-8"))
    steps = {
        *re.findall(
            r"\b(?:NM1|REF|DTP|CLM|SV1|SBR|HI|PER|CAS|SVD|CLP|BPR|TRN|PLB|LX|DMG|CTP|LIN)\d\d(?:-\d)?\b", text
        )
    }
    assert len(steps) > 8
    for step in steps:
        assert isinstance(describe(ALL, step), Description), step


NAMES = sorted(ALL.type_names())
STEPS = st.text('ABCDENMRFIPT0123456789_-()"/. ', max_size=12) | st.sampled_from(
    [
        "NM1",
        "REF",
        "REF_G1",
        "2300",
        "1",
        "09",
        "99",
        "٣",
        "²",
        "NM109",
        "CLM05-3",
        "",
        "DTP_472",
        'REF("G1")',
    ]
)


@settings(max_examples=300)
@given(st.sampled_from(NAMES) | STEPS, STEPS, st.none() | STEPS)
def test_look_ups_are_total(name: str, step: str, code: str | None) -> None:
    ALL.type(name)
    ALL.elements(name)
    found = ALL.element(name, step)
    assert found is None or found in ALL.elements(name)
    assert all(position.element in ALL.elements(name) for position in ALL.positions(name, step, code))
    assert all(ALL.type(loop) for loop in ALL.enclosing(name))
    assert all(chain[-1] == name for chain in ALL.chains(name) if ALL.type(name))
    ALL.discriminator(name, step)
    ALL.documentation(f"{name}.{step}")
    ALL.set_of(name)
    for path in (name, step, f"{name}/{step}"):
        assert isinstance(describe(ALL, path), Description | NotFound)


@pytest.mark.parametrize("name", NAMES)
def test_every_element_leads_to_a_type(name: str) -> None:
    info = ALL.type(name)
    assert info is not None
    slots = [element.slot for element in ALL.elements(name)]
    assert len(slots) == len({*slots})
    for element in ALL.elements(name):
        assert all(ALL.type(kind) is not None for kind in element.types)
        assert ALL.element(name, element.slot) == element
        assert element.minimum <= (element.maximum or 1)
        if element.fixed is not None:
            assert element.binding is not None
            assert element.binding.codes == {element.binding.value_set: frozenset({element.fixed})}
