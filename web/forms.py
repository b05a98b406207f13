"""Forms as people fill them in: what was typed, what is wrong with it, and the faults a model finds, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form to be shown: values and faults by field. What was typed as a password is never among the values."""

    values: Mapping[str, object] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def chosen(self, name: str) -> frozenset[str]:
        """Return the values that are ticked in a field of radios or checkboxes."""
        value = self.values.get(name)
        if value is None or value == "":
            return frozenset()
        many = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return frozenset(str(one) for one in many)


def typed(data: FormData, *, many: Sequence[str] = ()) -> dict[str, object]:
    """Return the text fields of a form as they were typed, `many` as lists; files are left out, blanks are blank."""
    values: dict[str, object] = {}
    for name in data:
        texts = [text.strip() for text in data.getlist(name) if isinstance(text, str)]
        if texts:
            values[name] = texts if name in many else texts[-1]
    return values


def read(model: type[Model], values: Mapping[str, object], sentences: Mapping[str, str]) -> Model | dict[str, str]:
    """Return the model that a form makes, or its faults by field.

    `sentences` say of each field what was expected; a blank field counts as one that was left out.
    """
    given = {name: value for name, value in values.items() if value not in ("", [])}
    try:
        return model.model_validate({name: value for name, value in given.items() if name in model.model_fields})
    except ValidationError as error:
        places = [str(fault["loc"][0]) if fault["loc"] else "" for fault in error.errors()]
        return {place: sentences.get(place, "This was not as expected.") for place in dict.fromkeys(places)}
