"""What can go wrong in the domain, free of language and of HTTP; the edge makes sentences of it."""

from dataclasses import dataclass, field


class DomainError(Exception):
    """A refusal with a kebab-case ``code`` from the registry in ``lms.web.messages``."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def codes(self) -> tuple[str, ...]:
        """Everything that stands in the way, where it is more than one thing."""
        return (self.code,)


class NotFound(DomainError):
    """The thing is not there, or the actor may not know that it is."""

    def __init__(self, code: str = "not-found", **params: object) -> None:
        super().__init__(code, **params)


class Forbidden(DomainError):
    """The actor may see the thing but not do this to it."""

    def __init__(self, code: str = "forbidden", **params: object) -> None:
        super().__init__(code, **params)


class Unidentified(DomainError):
    """A program showed no token, or one that opens nothing (any more)."""

    def __init__(self, code: str = "token-not-known") -> None:
        super().__init__(code)


class Conflict(DomainError):
    """The state of the thing, or somebody quicker, stands in the way."""


class TooMany(DomainError):
    """Asked too often: ``seconds`` says when to come again."""

    def __init__(self, code: str, *, seconds: int, **params: object) -> None:
        super().__init__(code, seconds=seconds, **params)
        self.seconds = seconds


class Invalid(DomainError):
    """Input that cannot be taken; ``fields`` maps a form field to an error code."""

    def __init__(self, code: str = "invalid", fields: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.fields = fields or {}


@dataclass(frozen=True)
class Fault:
    """One thing wrong in an imported file: where, what stood there, and why (a message code)."""

    row: int
    column: str
    value: str
    cause: str
    params: dict[str, str] = field(default_factory=dict)
