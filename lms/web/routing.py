"""Rules of addresses: the program that writes one is made when it is first asked for."""

from collections.abc import Callable
from functools import cache

from werkzeug import routing


class Rule(routing.Rule):
    """Compiling two programs for each of hundreds of rules is most of an application's start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002  # as the base has it
        compiled = super()._compile_builder

        @cache
        def made() -> Callable[..., tuple[str, str]]:
            return compiled(append_unknown)

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return made()(rule, **values)

        return build
