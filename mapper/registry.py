"""Every code that a diagnostic or a run-time finding may carry. One table; `docs/errors/` has a page for each row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

GROUPS = MappingProxyType(
    {
        "E1": "Syntax",
        "E2": "Names",
        "E3": "Paths",
        "E4": "Types and cardinality",
        "E5": "Direction",
        "E6": "Tables",
        "E7": "Rules",
        "E8": "Examples and laws",
        "W9": "Lints",
        "R1": "While decoding a message",
        "R2": "While mapping a message",
        "R3": "While delivering a message",
        "R4": "While validating X12",
        "R5": "While acknowledging and posting",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A code with the name that people remember and what it means in a line."""

    code: str
    slug: str
    summary: str

    @property
    def group(self) -> str:
        """The heading of the code's group: `Names` for `E201`."""
        return GROUPS[self.code[:2]]

    @property
    def heading(self) -> str:
        """`E503 not-invertible`, as every renderer shows it."""
        return f"{self.code} {self.slug}"

    @property
    def at_run_time(self) -> bool:
        """True for codes that a message causes, false for those that a `.map` file causes."""
        return self.code.startswith("R")


def _table(rows: Iterable[tuple[str, str, str]]) -> MappingProxyType[str, Entry]:
    entries = [Entry(*row) for row in rows]
    table = {entry.code: entry for entry in entries}
    if len(table) != len(entries) or len({entry.slug for entry in entries}) != len(entries):
        raise ValueError("a code or a slug stands twice in the registry")
    return MappingProxyType(table)


# fmt: off
REGISTRY = _table(
    (
        # -- E1 syntax
        ("E100", "unreadable-file", "A file cannot be opened, or it is not UTF-8."),
        ("E101", "unexpected-text", "Something stands where nothing of its kind may stand."),
        ("E102", "unclosed-block", "A `{` has no matching `}`."),
        ("E103", "unclosed-text", "A quoted text does not end on its line."),
        ("E104", "wrong-arrow", "A sign that is not an arrow stands between the two sides."),
        ("E105", "missing-arrow", "A line or row has no arrow."),
        ("E106", "wrong-quotes", "A text stands in single or typographic quotes."),
        ("E107", "bad-escape", "A backslash in a text is followed by something that is no escape."),
        ("E108", "bad-number", "A position, a step or a field number is not a whole number from 1."),
        ("E109", "bad-date", "A date is not a day of the calendar."),
        ("E110", "too-large-file", "The file is larger, or its brackets are deeper, than the compiler reads."),
        ("E111", "bad-case", "A `choose` holds something else than cases, or a case lacks its condition or block."),
        ("E112", "too-long", "A calculation has more than 100 operators, or `not` stands more than 8 times in a row."),
        ("E113", "repeated-clause", "A clause stands twice on one side of a line."),
        ("E114", "outside-mapping", "A statement stands outside every mapping."),
        ("E115", "other-language", "A line uses the notation of a programming language."),
        ("E117", "odd-character", "A character stands outside quotes that has no meaning there."),
        ("E118", "bad-path", "A path is not finished, not closed, or has wrong separators."),
        ("E119", "unknown-declaration", "A line at the top of the file begins with a word that begins no declaration."),
        ("E120", "incomplete-head", "The head of a mapping, function or table does not say all that it must."),
        ("E121", "unknown-format", "A word stands where hl7v2, fhir, x12 or cda must stand."),
        ("E122", "no-else", "`else` stands in a mapping."),
        ("E123", "missing-side", "One side of an arrow is empty."),
        ("E124", "bad-condition", "A condition is unfinished or written as in another language."),
        ("E125", "bad-row", "A line of a table is not a row."),
        ("E126", "extra-brace", "A `}` closes nothing."),
        ("E127", "missing-quotes", "A version, address, file name or list of names is missing or not in quotes."),
        ("E128", "bad-clause", "Something stands behind a line that does not belong there, or a clause is unfinished."),
        ("E129", "missing-reason", "An `ignore` gives no reason."),
        ("E130", "bad-extension-line", "An `extension`, `segment` or field line is not complete."),
        ("E131", "bad-rule", "A line of a rule pack is not complete or does not belong there."),
        ("E132", "inside-block", "A declaration stands inside a block."),
        # -- E2 names
        ("E201", "unknown-name", "A name is used that nothing in scope declares."),
        ("E202", "unknown-module", "An import names a module that no source root or import path holds."),
        ("E203", "duplicate-name", "Two declarations of one kind have the same name in one module."),
        ("E204", "cyclic-import", "Modules import each other in a circle."),
        ("E205", "unknown-mapping", "`using` names a mapping that is not declared or imported here."),
        ("E206", "unknown-table", "`using table` or `in table` names a table that is not declared or imported here."),
        ("E207", "unknown-function", "A function is called that is not declared or imported here."),
        ("E208", "unknown-system", "A code names a code system that is not declared or imported here."),
        ("E209", "function-not-allowed", "A function comes from a Python module that the project does not allow."),
        ("E210", "bad-override", "An override changes something that its base does not have."),
        ("E211", "unknown-format-or-version", "`use` names a format, version or profile that there is no schema for."),
        ("E212", "unknown-alias", "A path begins with a name that no enclosing `as` gives to a node."),
        # -- E3 paths
        ("E301", "unknown-path", "A path takes a step that its type does not have."),
        ("E302", "bad-selector", "The condition in a selector cannot choose among the elements it stands on."),
        ("E303", "bad-position", "A position stands where it cannot count anything."),
        ("E304", "not-a-reference-target", "A reference is told to point to a type that it may not point to."),
        ("E305", "bad-extension", "An `extend` declares something that its format cannot hold."),
        # -- E4 types and cardinality
        ("E401", "no-mapping-for-types", "No mapping in scope connects the two types of a line."),
        ("E402", "ambiguous-mapping", "Several mappings in scope connect the two types of a line."),
        ("E403", "repeating-into-single", "A repeating element meets a single one without `each` or a position."),
        ("E404", "missing-required", "A node is made, and a required element of it is never written."),
        ("E405", "code-not-in-value-set", "A code can reach an element whose required value set lacks it."),
        ("E406", "each-needs-repeating", "`each` stands on a line where a side has no step, or several, that repeat."),
        ("E407", "literal-type", "A literal is not of the type of the element that it meets."),
        ("E408", "two-writers", "Two lines write one element in the same direction."),
        # -- E5 direction
        ("E501", "wrong-direction", "A construct that works in one direction stands on a line that goes both ways."),
        ("E502", "overlapping-selectors", "Two lines share a list, and neither selector refines the other."),
        ("E503", "not-invertible", "Two rows of a table lead to one code, so it cannot be read back."),
        ("E504", "case-overwritten", "What a case writes makes an earlier case's condition true when read back."),
        ("E505", "unreachable-case", "A case can never be chosen, because earlier cases take everything."),
        ("E506", "key-not-written", "A key names an element that the mapping never writes."),
        # -- E6 tables
        ("E601", "duplicate-row", "A table has two rows for one code."),
        ("E602", "code-outside-system", "A table row names a code that its code system does not have."),
        ("E603", "bad-table-file", "The file behind a table cannot be read as the table's columns."),
        ("E604", "missing-otherwise", "A required code comes from a table that does not cover every case."),
        # -- E8 examples and laws
        ("E801", "example-missing-file", "An example names a file that is not there or cannot be read."),
        ("E802", "example-differs", "An example's input does not give the output that its file holds."),
        ("E803", "law-broken", "Verification found an input that breaks a law of the mapping."),
        # -- W9 lints
        ("W901", "one-way-only", "A line goes one way where both sides could be read and written."),
        ("W902", "unused-import", "An imported name is never used."),
        ("W903", "pre-adopted-field", "A field is newer than the versions that the module declares."),
        ("W904", "unproven-case", "It cannot be proven that a case comes back as itself; a run-time check guards it."),
        ("W905", "normalised", "A value changes its form on a line that goes both ways."),
        ("W906", "unused-table", "A table is declared and never used, imported or overridden."),
        ("W907", "us-core-minimum", "US Core requires an element that the mapping never writes."),
        # -- R1 decode and encode
        ("R101", "no-msh", "The input does not begin with an MSH segment."),
        ("R102", "bad-delimiters", "MSH-1 or MSH-2 does not declare usable delimiters."),
        ("R103", "too-large", "A message, a field, a count of parts or a nesting passes its limit."),
        ("R104", "bad-character-set", "The declared character set is unknown, or the bytes are not valid in it."),
        ("R105", "unknown-segment", "The message structure has no place for a segment."),
        ("R106", "segment-out-of-order", "A segment comes later than its structure says."),
        ("R107", "unexpected-repetition", "A segment that may occur once occurs again."),
        ("R108", "newer-version", "The message is of a newer version than the mapping declares."),
        ("R109", "truncated", "The message ends within its header or within a segment's name."),
        ("R110", "unknown-structure", "No message structure is known for the message's type and event."),
        ("R111", "truncated-value", "The sender has cut values, and marked them as cut."),
        ("R112", "missing-segment", "A segment or group that the structure requires is missing."),
        ("R113", "not-a-segment", "A line does not begin with a segment name."),
        ("R114", "second-message", "A second MSH stands in what should be one message."),
        ("R115", "count-mismatch", "A trailer does not agree with what it closes."),
        ("R116", "no-place", "The message that is written has no place for a segment; it is left out."),
        ("R120", "json-syntax", "The text is not JSON."),
        ("R121", "wrong-shape", "An element has another JSON shape than its type."),
        ("R122", "unknown-element", "A type has no such element."),
        ("R123", "unknown-resource", "The resource type is missing or unknown."),
        ("R124", "empty-value", "An empty text, list or object, which FHIR forbids."),
        ("R130", "unknown-slot", "The mapping wrote a segment or group that the message structure does not have."),
        ("R131", "unwritable-value", "A value cannot be written in the output's format."),
        ("R132", "no-interchange", "The input holds no ISA segment that can be read."),
        ("R133", "bad-isa", "An ISA segment does not have its fixed widths or usable delimiters."),
        ("R134", "control-mismatch", "A control number or version differs from the one it must equal, or is used again."),
        ("R135", "envelope-order", "A segment of an envelope is missing, or stands where it may not."),
        ("R136", "unknown-set", "No structure is known for a transaction set in the version that it names."),
        ("R137", "bad-hierarchy", "An HL segment has a number or a parent that cannot be."),
        ("R138", "stray-text", "Text stands between interchanges."),
        ("R139", "delimiter-in-data", "A value holds a character that would end it, and was changed."),
        # -- R2 map
        ("R201", "value-not-convertible", "A value does not have the form that its target type needs."),
        ("R202", "code-not-in-table", "A code has no row in its table."),
        ("R203", "further-repetitions", "An element repeats where the mapping takes one; the further ones are left out."),
        ("R204", "two-values-for-one-key", "Two sources share a key and differ in a value; the first is kept."),
        ("R205", "no-key", "None of a node's keys has a value, so its id comes from its content and position."),
        ("R206", "zone-missing", "A time has no zone and the site declares none, so only its date is kept."),
        ("R207", "precision-raised", "A time was less precise than its target needs, and was padded."),
        ("R208", "explicit-null", "The sender asks for a value to be removed, and the output cannot say that."),
        ("R209", "reference-unresolved", "A reference points to a resource that the input does not hold."),
        ("R210", "required-element-absent", "The source lacks what a required element of the output is made from."),
        ("R211", "case-unproven", "The output would be read back by another case than the one that wrote it."),
        ("R212", "lookup-miss", "A look-up found no match, or several; nothing was written."),
        ("R213", "unmapped", "Lines put data into a resource that no line made."),
        ("R214", "no-mapping-for-content", "No mapping takes content of this kind."),
        ("R215", "value-cut", "The target has no room for all of a value; what fits is kept."),
        ("R216", "mapping-failed", "The compiled mapping failed on a message."),
        ("R217", "transaction-refused", "The end of an X12 transaction refuses it: what it gave is to be taken back."),
        # -- R4 validate X12
        ("R401", "element-missing", "A required element or component is missing."),
        ("R402", "condition-broken", "Elements of a segment stand together that may not, or one lacks another that it needs."),
        ("R403", "too-many-parts", "A segment has more elements, or a composite more components, than belong to it."),
        ("R404", "bad-length", "A value is shorter or longer than its element may be."),
        ("R405", "bad-character", "A value has a character, or a form, that its type does not allow."),
        ("R406", "bad-date-or-time", "A value is no date, time or period of the form that is asked for."),
        ("R407", "too-many-repetitions", "An element repeats more often than it may."),
        ("R408", "trailing-delimiters", "Empty elements or components at the end of a segment or composite are written out."),
        ("R411", "segment-too-often", "A segment occurs more often than its place allows."),
        ("R412", "loop-too-often", "A loop occurs more often than its place allows."),
        ("R413", "number-out-of-sequence", "A running number (HL01, LX01) is not the count of what it numbers."),
        ("R421", "code-not-in-guide", "A code is not among those that the guide allows at its place."),
        ("R422", "element-not-used", "An element that the guide does not use has a value."),
        ("R423", "segment-missing", "A required segment is missing."),
        ("R424", "loop-missing", "A required loop is missing."),
        ("R425", "segment-not-used", "A segment or loop stands that the guide does not use."),
        ("R426", "segment-unexpected", "A segment has no place where it stands."),
        ("R427", "segment-out-of-sequence", "A segment comes after its place has passed."),
        ("R428", "pattern-broken", "A value does not have the form that the guide asks for at its place."),
        ("R431", "claim-unbalanced-lines", "A claim's total charge is not the sum of its lines' charges."),
        ("R432", "other-payer-unbalanced", "What another payer paid and adjusted does not come to what was charged."),
        ("R433", "remittance-unbalanced", "The amounts of a remittance do not balance."),
        ("R441", "situation-needs", "Something is missing that another value makes required."),
        ("R442", "situation-forbids", "Something stands that another value makes superfluous."),
        ("R443", "values-disagree", "Two values that belong together contradict each other."),
        ("R451", "code-unknown", "A code is not in its code list."),
        ("R452", "code-not-in-force", "A code, or its whole edition, is not in force on the day of service."),
        ("R453", "code-malformed", "A code does not have the form that all codes of its kind have."),
        ("R454", "list-not-loaded", "Codes of a list were not looked up, because the list is not loaded."),
        ("R455", "bad-code-list", "A file is no code list."),
        # -- R5 acknowledge and post
        ("R501", "payment-unbalanced", "Claims and provider adjustments of a remittance do not come to its payment."),
        ("R502", "claim-unbalanced", "A claim's or line's charge less its adjustments is not what was paid for it."),
        ("R503", "not-an-amount", "An amount of a remittance is missing or is not a number."),
        ("R504", "patient-share-differs", "A claim's patient responsibility is not the sum of its adjustments of group PR."),
        ("R505", "reversal-differs", "A reversal does not take back what was paid."),
        ("R506", "not-whole", "A remittance or one of its claims was not read whole."),
        ("R507", "no-remittance", "A file that is to be posted holds no 835."),
        ("R511", "answers-nothing-sent", "An acknowledgement answers something that is not among what was sent."),
        ("R513", "totals-differ", "The totals of a 277CA are not those of the claims that it lists."),
        ("R514", "no-acknowledgement", "A file or transaction is no TA1, 999 or 277CA."),
        ("R515", "bad-source-map", "A line of a source map cannot be used."),
    )
)
# fmt: on


def find(code_or_slug: str) -> Entry | None:
    """The entry for `E503`, `e503` or `not-invertible`."""
    wanted = code_or_slug.strip()
    by_slug = {entry.slug: entry for entry in REGISTRY.values()}
    return REGISTRY.get(wanted.upper()) or by_slug.get(wanted.lower())


def nearest(code_or_slug: str, count: int = 3) -> list[Entry]:
    """Entries whose code or slug resembles the text, most alike first."""
    names = {name: entry for entry in REGISTRY.values() for name in (entry.code.lower(), entry.slug)}
    alike = get_close_matches(code_or_slug.strip().lower(), names, n=2 * count, cutoff=0.75)
    return list({names[name].code: names[name] for name in alike}.values())[:count]
