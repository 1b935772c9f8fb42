"""An 835 as it is to be posted, as lines of 80 columns and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from mapper.render.findings import render
from mapper.render.layout import one_line
from runtime.errors import Finding
from runtime.x12.posting import ClaimPayment, Closing, Kind, Payment, Posting, Problem, Totals

_WIDTH = 80
_HEAD = f"  {'claim':<20}  {'what':<16}  {'charge':>11}  {'paid':>11}  {'patient':>11}"
_INDENT = " " * 6


def as_text(posting: Posting, lines: bool = False) -> Iterator[str]:
    """The lines of one posting; `lines` asks for the service lines of claims."""
    if isinstance(posting, Payment):
        yield from _payment(posting)
    elif isinstance(posting, ClaimPayment):
        yield from _claim(posting, lines)
    else:
        yield from _closing(posting)


def finding(problem: Problem) -> Finding:
    """A problem as a finding; amounts are shown, since the view shows them."""
    message = problem.message
    if problem.difference is not None:
        message += (
            f" ({_money(problem.stated)} stated, {_money(problem.computed)} computed,"
            f" difference {_money(problem.difference)})"
        )
    return Finding(problem.code, "warning" if problem.warning else "error", message, problem.where)


def as_json(posting: Posting) -> dict[str, Any]:
    """A posting as plain data: amounts as text, so that they stay exact."""
    kind = {Payment: "payment", ClaimPayment: "claim", Closing: "closing"}[type(posting)]
    plain = _plain({**asdict(posting), "postable": getattr(posting, "postable", None)})
    if isinstance(posting, ClaimPayment):
        plain["adjustments_by_reason"] = _sums(posting.by_reason())
        plain["kind"] = posting.kind.value
        plain["problems"] = [_problem(each) for each in posting.problems]
    elif isinstance(posting, Closing):
        del plain["payment"]
        plain["stated"] = _money(posting.payment.amount)
        plain["difference"] = _money(posting.difference)
        plain["totals"]["adjustments"] = _sums(posting.totals.adjustments)
        plain["totals"]["reversed_adjustments"] = _sums(posting.totals.reversed_adjustments)
        plain["problems"] = [_problem(each) for each in posting.problems]
    else:
        plain["notification"] = posting.notification
        del plain["problems"], plain["postable"]
    return {kind: plain}


def _problem(problem: Problem) -> dict[str, Any]:
    level = "warning" if problem.warning else "error"
    found: dict[str, Any] = {
        "code": problem.code,
        "level": level,
        "message": problem.message,
        "where": problem.where,
    }
    if problem.difference is not None:
        amounts = (
            ("stated", problem.stated),
            ("computed", problem.computed),
            ("difference", problem.difference),
        )
        found |= {name: _money(value) for name, value in amounts}
    return found


def _sums(sums: Mapping[tuple[str, str], Decimal]) -> list[dict[str, str]]:
    return [
        {"group": group, "reason": reason, "amount": _money(value)} for (group, reason), value in sums.items()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _money(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if isinstance(key, str)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Kind) else value


def _money(value: Decimal | None) -> str:
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    return f"{value:f}" if isinstance(exponent, int) and exponent < -2 else f"{value:.2f}"


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


# -- text ----------------------------------------------------------------------------------------


def _payment(payment: Payment) -> Iterator[str]:
    kind = "Notification, no money moves" if payment.notification else "Payment"
    parts = (_money(payment.amount), payment.currency, payment.method, _date(payment.date))
    head = f"{kind}: {' '.join(part for part in parts if part)}"
    yield from _wrapped(f"{head}, trace {payment.trace} (ST {payment.transaction})", "")
    yield from _wrapped(
        f"from {payment.payer} ({payment.payer_id}) to {payment.payee} ({payment.payee_id})", "  "
    )
    for name, account in (("from", payment.account_from), ("into", payment.account_to)):
        if account is not None:
            digest = f", digest {account.digest}" if account.digest else ""
            bank = f" at bank {account.routing}" if account.routing else ""
            yield from _wrapped(f"{name} account {account.number}{bank}{digest}", "  ")
    yield ""
    yield _HEAD
    yield "  " + "-" * (len(_HEAD) - 2)


def _claim(claim: ClaimPayment, lines: bool) -> Iterator[str]:
    amounts = "".join(f"  {_money(each):>11}" for each in (claim.charge, claim.paid, claim.patient))
    what = claim.kind.value
    yield one_line(f"  {_cut(claim.control, 20):<20}  {what:<16}{amounts}")
    sums = [f"{group}-{reason} {_money(value)}" for (group, reason), value in claim.by_reason().items()]
    if sums:
        yield from _wrapped(", ".join(sums), _INDENT)
    if claim.reverses is not None:
        where = (
            f"claim {claim.reverses.number} of this file" if claim.reverses.number else "of an earlier file"
        )
        yield from _wrapped(
            f"takes back {claim.reverses.control} / {claim.reverses.payer_control}, {where}", _INDENT
        )
    if claim.corrects:
        yield from _wrapped(f"corrects what claim {claim.corrects} of this file takes back", _INDENT)
    if claim.remarks:
        yield from _wrapped("remarks " + ", ".join(claim.remarks), _INDENT)
    for line in claim.lines if lines else ():
        parts = ", ".join(f"{a.group}-{a.reason} {_money(a.amount)}" for a in line.adjustments)
        denied = " denied" if line.denied else ""
        code = "-".join((line.procedure, *line.modifiers))
        head = f"{line.number}. {code} charge {_money(line.charge)} paid {_money(line.paid)}{denied}"
        yield from _wrapped(f"{head}{': ' if parts else ''}{parts}", _INDENT)
    yield from _problems(claim.problems)


def _closing(closing: Closing) -> Iterator[str]:
    totals = closing.totals
    yield ""
    yield from _totals(totals)
    for each in closing.provider_adjustments:
        effect = "to" if each.amount < 0 else "from"
        text = f"provider {each.provider}: {each.code} {_money(abs(each.amount))} {effect} the payment"
        yield from _wrapped(f"{text}{f', {each.reference}' if each.reference else ''}", "  ")
    yield from _problems(closing.problems)
    comes = f"comes to {_money(closing.computed)}, {_money(closing.payment.amount)} is stated"
    if closing.postable:
        verdict = "nothing to deposit" if closing.payment.notification else "it balances and may be posted"
    else:
        verdict = (
            f"refused: difference {_money(closing.difference)}, {_count(totals.refused, 'claim')} refused"
        )
    yield from _wrapped(f"{comes}: {verdict}", "  ")
    yield ""


def _totals(totals: Totals) -> Iterator[str]:
    text = (
        f"{_count(totals.claims, 'claim')} ({totals.denials} denied): charged {_money(totals.charged)},"
        f" paid {_money(totals.paid)}, patients owe {_money(totals.patient)}"
    )
    yield from _wrapped(text, "  ")
    if totals.adjustments:
        sums = ", ".join(f"{g}-{r} {_money(v)}" for (g, r), v in sorted(totals.adjustments.items()))
        yield from _wrapped(f"adjustments: {sums}", "  ")
    if totals.reversals:
        yield from _wrapped(
            f"{_count(totals.reversals, 'reversal')}, in no sum above: {_money(totals.reversed)}", "  "
        )


def _problems(problems: tuple[Problem, ...]) -> Iterator[str]:
    for line in render(map(finding, problems)).splitlines():
        yield from _wrapped(line, "    ")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        one_line(text), _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    )
