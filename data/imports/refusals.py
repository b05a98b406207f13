"""Why a file, or what was asked with it, is not taken."""

from uuid import UUID


class FileRefused(ValueError):
    """A file that cannot be imported as it is.

    The message is a whole sentence; `line`, `column`, `said` and `expected` repeat its parts where they are known.
    """

    def __init__(
        self,
        sentence: str,
        *,
        line: int | None = None,
        column: str | None = None,
        said: str | None = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column
        self.said = said
        self.expected = expected

    def parts(self) -> dict[str, str | int | None]:
        """Return the sentence and its parts, for JSON."""
        return {
            "sentence": str(self),
            "line": self.line,
            "column": self.column,
            "said": self.said,
            "expected": self.expected,
        }


class FileTooLarge(FileRefused):
    """A file, or what it unpacks to, beyond the limits."""


class PositionsUnclear(FileRefused):
    """Columns of positions that nobody can read as they were guessed; a person may say which they are."""


class NoSuchImport(LookupError):
    """No import of this id belongs to the session's organisation."""


class NotAnAdministrator(PermissionError):
    """Imports are for admins in a session for administration, with areas and operations of their own."""


class ImportNotReady(ValueError):
    """The import is not in the state that the step needs."""


class AlreadyImported(ValueError):
    """The same file was imported before with the same choices; `import_id` is that import."""

    def __init__(self, sentence: str, import_id: UUID | None = None) -> None:
        super().__init__(sentence)
        self.import_id = import_id
