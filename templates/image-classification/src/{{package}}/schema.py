"""The data contract: one picture of a solar cell. The record that validates the raw data validates the request."""

from functools import partial
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model
from pydantic_settings import BaseSettings

from .pictures import canonical

Label = Literal["sound", "defective"]
NEGATIVE: Label = "sound"
POSITIVE: Label = "defective"
Target = Label
INPUT = ["image"]
TARGET = "label"


class Limits(BaseSettings):
    """What a record may measure at most, or at least; part of the settings."""

    max_bytes: int = Field(4_000_000, ge=1, description="bytes of one picture's file")
    max_pixels: int = Field(16_000_000, ge=1, description="width times height of one picture")
    min_side: int = Field(32, ge=1, description="pixels of the shorter side")
    max_body_bytes: int = Field(32_000_000, ge=1, description="bytes of a request, which may hold many pictures")


class Cell(BaseModel):
    """One picture of a solar cell, as a file; base64 in JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    image: bytes


Record = Cell  # the name that the modules use which all projects share


class Answer(BaseModel):
    """What the model says of one cell."""

    label: Label
    probability: float = Field(ge=0, le=1, description="probability that the cell is defective")


def record_type(limits: Limits) -> type[Cell]:
    """The contract of a request, with the limits of the settings; what is valid becomes the canonical picture."""
    check = partial(canonical, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels, min_side=limits.min_side)
    return create_model("Cell", __base__=Cell, image=(Annotated[bytes, AfterValidator(check)], ...))


def labelled_type(limits: Limits) -> type[Cell]:
    """The contract of a row of training data: a record, its label, how sure that is, and where it comes from."""
    text = (str, ...)
    return create_model(
        "LabelledCell", __base__=record_type(limits), label=(Label, ...), certainty=text, source=text, file=text
    )
