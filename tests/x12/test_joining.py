"""Transactions of one claim each share what is equal when they are joined: nothing is lost, nothing changes place."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.schema.x12_data import set_table
from runtime.x12.joining import joined

TABLE = set_table("837P")

Row = tuple[str, str, str, str | None]
"""Sender, provider, subscriber, and the patient where he is not the subscriber."""

rows = st.tuples(*[st.sampled_from("ab")] * 3, st.sampled_from(["x", "y", None]))


def tree(row: Row, number: int) -> dict[str, Any]:
    """A built transaction with one claim."""
    sender, provider, subscriber, patient = row
    claim = [{"CLM": {1: str(number)}}]
    below = {"2300": claim} if patient is None else {"2000C": [{"PAT": {1: patient}, "2300": claim}]}
    member = {"SBR": {3: subscriber}, **below}
    return {"BHT": {3: sender}, "2000A": [{"PRV": {3: provider}, "2000B": [member]}]}


def claims(transaction: dict[str, Any]) -> list[tuple[Row, int]]:
    """The claims of a transaction in the order in which X12 has them, with what stands around each."""
    found: list[tuple[Row, int]] = []
    for provider in transaction["2000A"]:
        for member in provider["2000B"]:
            around = (transaction["BHT"][3], provider["PRV"][3], member["SBR"][3])
            found += [((*around, None), int(each["CLM"][1])) for each in member.get("2300", ())]
            for patient in member.get("2000C", ()):
                found += [((*around, patient["PAT"][1]), int(each["CLM"][1])) for each in patient["2300"]]
    return found


@given(st.lists(rows, max_size=12))
def test_every_claim_keeps_its_place_and_what_stands_around_it(given_rows: list[Row]) -> None:
    transactions = joined([tree(row, number) for number, row in enumerate(given_rows)], TABLE)
    assert [claim for each in transactions for claim in claims(each)] == [
        (row, number) for number, row in enumerate(given_rows)
    ]
    senders = [each["BHT"][3] for each in transactions]
    assert all(one != other for one, other in pairwise(senders)), "neighbours with one header share an ST"


@pytest.mark.parametrize(("slot", "most"), [("2300", 100)])
def test_a_loop_takes_no_more_than_the_guide_allows(slot: str, most: int) -> None:
    (transaction,) = joined([tree(("a", "a", "a", None), number) for number in range(230)], TABLE)
    (provider,) = transaction["2000A"]
    assert [len(member[slot]) for member in provider["2000B"]] == [most, most, 30]


def test_what_differs_in_the_header_begins_a_transaction() -> None:
    one, other = tree(("a", "a", "a", None), 1), tree(("b", "a", "a", None), 2)
    assert joined([deepcopy(one), deepcopy(other)], TABLE) == [one, other]


def test_a_set_that_does_not_stream_is_not_joined() -> None:
    whole = {**TABLE, "unit": None}
    assert len(joined([tree(("a", "a", "a", None), 1), tree(("a", "a", "a", None), 2)], whole)) == 2
