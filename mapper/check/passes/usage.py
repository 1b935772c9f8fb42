"""Which mappings other lines call."""

from __future__ import annotations

from collections.abc import Iterator

from mapper.check.env import Env
from mapper.check.model import ByMapping, ByTable, TChoose, TCopy, TScope, TStatement
from mapper.resolve.program import MappingInfo


def is_used(env: Env, info: MappingInfo) -> bool:
    """Whether another module imports a mapping, or another mapping of its own module passes through it."""
    if (info.module, info.name) in env.program.imported_names:
        return True
    if any(name.rpartition(".")[0] == info.module for name in env.checked.broken):
        return True  # what a broken mapping calls is not known
    own = (m for m in env.checked.every() if m.info.module == info.module and m.info is not info)
    return any(called.qualified == info.qualified for mapping in own for called in called_by(mapping.body))


def called_by(statements: tuple[TStatement, ...]) -> Iterator[MappingInfo]:
    """The mappings that lines pass through, in all bodies and cases."""
    for statement in statements:
        match statement:
            case TCopy(go=go, back=back):
                for way in (go, back):
                    for _, converter in (*way.converters, *way.defaults) if way is not None else ():
                        if isinstance(converter, ByMapping):
                            yield converter.mapping
                        elif isinstance(converter, ByTable) and converter.beside is not None:
                            yield converter.beside
            case TScope(using=using, body=body):
                if using is not None:
                    yield using
                yield from called_by(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from called_by(case.body)
                yield from called_by(otherwise)
            case _:
                pass
