"""Every element name of the standards is a name in every position of a path."""

import re

import pytest

from mapper.schema import load
from mapper.source import SourceFile
from mapper.syntax.grammar import grammar_text
from mapper.syntax.parser import parse

FORMS = (
    "PID-1 <-> {n}",
    "{n} <-> PID-1",
    "each {n} <-> PID-1",
    "a.{n} <-> b/{n}",
    "{n}.x <-> {n}[1].y",
    "{n}(X) <-> a({n}, {n}.b)",
    "@{n} <-> {n}[{n} in table t]",
    "a[{n} = \"x\" and {n} valued] -> {n} when {n} in [\"a\"] or not {n}.b valued",
    "a default {n} <-> b default {n}",
    "x, {n} <-> {n}, y using table t",
    "a <-> c\n  {n} -> b\n  {n}[1] <- b",
    "x <-> y {{\n {n} <-> {n}\n }}",
    "choose {{\n case {n} valued <-> {n} = \"x\" {{ }}\n case <- {n} = \"y\" {{ }}\n }}",
    "key {n}, {n}.x",
    "ignore {n}, {n} \"x\"",
    "drop {n} when {n} = \"x\"",
    "fill {n} from {n}",
    "narrative \"x\" {n}, \"y\" {n}",
    "require any {n} = {n} + {n} else error \"x\" at {n}",
)  # fmt: skip
# What the issue and the sketches name, and elements of CDA and X12 names of the runtime context.
ALSO = {
    "use",
    "type",
    "source",
    "key",
    "when",
    "text",
    "extension",
    "class",
    "system",
    "end",
    "table",
    "title",
    "id",
    "time",
    "value",
    "low",
    "high",
    "author",
    "section",
    "entry",
    "period",
    "event",
    "rule",
    "from",
    "to",
    "mapping",
}


# The words of the language: a name that begins like one is where the lexer could go wrong.
WORDS = tuple({word for found in re.findall(r'"([a-z]+)"|/\(([a-z|0-9]+)\)', grammar_text()) for word in
               "|".join(found).split("|") if len(word) > 1})  # fmt: skip


def element_names() -> list[str]:
    """All names that begin like a word of the language, and some of the others."""
    schema = load("fhir", ["R4"])
    names = {element.name for type_name in schema.type_names() for element in schema.elements(type_name)}
    names = {name for name in names if name.isidentifier()} | ALSO
    likely = {name for name in names if name.startswith(WORDS)}
    return sorted(likely | set(sorted(names)[::12]))


@pytest.mark.parametrize("form", FORMS)
def test_element_names_parse_everywhere(form: str) -> None:
    lines = "\n".join("  " + form.format(n=name) for name in element_names())
    module, diagnostics = parse(
        SourceFile("x.map", f"mapping m between fhir A and hl7v2 B {{\n{lines}\n}}\n")
    )
    assert [diagnostic.message for diagnostic in diagnostics[:3]] == []
    assert len(module.declarations) == 1


@pytest.mark.parametrize(
    "path",
    ["Patient.name.use", "MessageHeader.source.endpoint", "Coverage.class", "Timing.repeat.when", "Identifier.system",
     "Encounter.class", "period.end", "Bundle.entry.fullUrl", "PID-5.1.1", "OBX-5[1]", "PATIENT.VISIT.PV1",
     "ROL after PV1", "2010AA/NM109", "REF(\"G1\")/REF02", "CLM05-3", "loop 2300", "SV107-1..4", "CAS02..19 step 3",
     "section(problems)", "entryRelationship(status)/observation/value", "@nullFlavor", "$site.zone",
     "sdtc:deceasedInd",
     "a/@value", "837P/BHT03", "period(IVL_PQ)/low/@value", "author[last]/time", "2300[2]/CLM01"],
)  # fmt: skip
def test_notations_of_the_standards(path: str) -> None:
    text = f'mapping m between x12 837P and fhir Bundle {{\n  {path} <-> {path}\n  ignore {path} "x"\n}}\n'
    assert parse(SourceFile("x.map", text))[1] == []
