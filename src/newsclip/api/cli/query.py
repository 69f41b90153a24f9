"""The parameters of a question, checked by the very schemas that check them over HTTP."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from newsclip.api.schemas import problem_of
from newsclip.errors import QueryInvalid

_Query = TypeVar("_Query", bound=BaseModel)


def checked(schema: type[_Query], **values: Any) -> _Query:
    """The parameters as ``schema`` reads them; None means not given. Raises QueryInvalid."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return schema.model_validate(given)
    except ValidationError as error:
        raise _invalid(schema, error) from None


def _invalid(schema: type[BaseModel], error: ValidationError) -> QueryInvalid:
    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0])
    fields = {field.alias or key: field for key, field in schema.model_fields.items()}
    remedy = f"give {fields[name].description}"
    return QueryInvalid(name, first["input"], remedy, problem_of(first))
