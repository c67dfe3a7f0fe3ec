"""The data contract: one review. The record that validates the raw data validates the request."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings

Label = Literal["negative", "positive"]
NEGATIVE: Label = "negative"
POSITIVE: Label = "positive"
Target = Label
INPUT = ["text"]
TARGET = "label"


class Limits(BaseSettings):
    """What a record and a request may measure at most; part of the settings."""

    max_body_bytes: int = Field(8_000_000, ge=1, description="bytes of a request, which may hold many reviews")
    max_length: int = Field(20_000, ge=1, description="characters of one review")


class Review(BaseModel):
    """One review, as a person wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str


Record = Review  # the name that the modules use which all projects share


class Answer(BaseModel):
    """What the model says of one review."""

    label: Label
    probability: float = Field(ge=0, le=1, description="probability that the review is positive")


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Text should hold more than white space")
    return text


def record_type(limits: Limits) -> type[Review]:
    """The contract of a request, with the limits of the settings."""
    text = Field(
        min_length=1,
        max_length=limits.max_length,
        json_schema_extra={
            "pattern": r"[^\s\u001c-\u001f\u0085]"
        },  # what `_not_blank` says better, for those who read the document
        examples=["A warm, clever film; I would see it again!"],
    )
    return create_model("Review", __base__=Review, text=(Annotated[str, text, AfterValidator(_not_blank)], ...))


def labelled_type(limits: Limits) -> type[Review]:
    """The contract of a row of training data: a record, its label and where it comes from."""
    return create_model("LabelledReview", __base__=record_type(limits), label=(Label, ...), source=(str, ...))
