"""Members of the context that are several values together: `loop 1000A <- $partner.submitter { NM103 <- name }`."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import Node, Side, TContext, TPath, TScope
from mapper.diagnostics import diagnostic
from mapper.settings import site
from mapper.suggest import nearest
from mapper.syntax import tree

PARTIES = {("$partner", party): members for party, members in site.PARTIES.items()}
GIVEN = "given"  # the format of a node that stands for such a member


def party_of(link: tree.Link) -> tuple[str, str] | None:
    """The member that a line with a body takes its values from."""
    match link.right:
        case (tree.Read(path=tree.Path(steps=(first, second), window=None)),) if link.body is not None:
            return (first.name, second.name) if (first.name, second.name) in PARTIES else None
        case _:
            return None


def given_scope(
    env: Env, link: tree.Link, party: tuple[str, str], left: TPath, target: Node
) -> TScope | None:
    """The line of such a member; it goes from the context only (E501)."""
    from mapper.check.statements import resolve_body  # lines and bodies contain each other

    if link.arrow != "<-" or link.body is None:
        message = f"`{party[0]}.{party[1]}` is given, not made"
        env.tell(diagnostic("E501", message, link.arrow_span, "the wrong way", help="write `<-`"))
        return None
    types = (f"{party[0][1:]}.{party[1]}",)
    source = Node("right", GIVEN, types, types, env.right)
    body = resolve_body(env.at(target, source), link.body.statements)
    right = TPath(source, (), types, link.right[0].span)
    return TScope(False, "<-", left, right, target, source, None, body, link.span)


def given_value(env: Env, path: tree.Path, side: Side) -> TContext | None:
    """A value of a member such as `$partner.submitter`, by its name (E201)."""
    name, _, member = env.node(side).types[0].partition(".")
    known = PARTIES[f"${name}", member]
    written = ".".join(step.name for step in path.steps)
    if written in known:
        return TContext(name, f"{member}.{written}", path.span)
    close = nearest(written, known)
    env.tell(
        diagnostic(
            "E201",
            f"`${name}.{member}` has no value `{written}`",
            path.span,
            "unknown",
            help=f"did you mean {close}?" if close else "it has " + ", ".join(known),
        )
    )
    return None
