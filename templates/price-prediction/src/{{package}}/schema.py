"""The data contract: one home on one day. The record that validates the raw sales validates the request."""

import datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    create_model,
    field_serializer,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings

TARGET = "price"
Target = Annotated[float, Field(ge=10_000, le=50_000_000, description="price paid, in dollars")]


class Limits(BaseSettings):
    """The days that a home can be priced for; part of the settings. The model knows no prices of later ones."""

    max_body_bytes: int = Field(1_000_000, ge=1, description="bytes of a request, which may hold many homes")
    first_date: datetime.date = Field(datetime.date(2014, 5, 1), description="first day of a sale or a valuation")
    last_date: datetime.date = Field(datetime.date(2015, 8, 31), description="last day of a sale or a valuation")


class Home(BaseModel):
    """One home as the county's assessor describes it, and the day that its price is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: datetime.date = Field(description="day of the sale or valuation", examples=["2015-02-25"])
    bedrooms: int = Field(ge=1, le=15, description="number of bedrooms", examples=[3])
    bathrooms: float = Field(ge=0.25, le=10, description="bathrooms; .5 has no shower, .75 no bath", examples=[2.25])
    sqft_living: int = Field(ge=200, le=20_000, description="living area in square feet", examples=[2070])
    sqft_above: int = Field(ge=200, le=20_000, description="of it above ground, in square feet", examples=[1270])
    sqft_basement: int = Field(ge=0, le=10_000, description="of it in the basement, in square feet", examples=[800])
    sqft_lot: int = Field(ge=400, le=2_000_000, description="plot of land in square feet", examples=[5000])
    floors: float = Field(ge=1, le=4, description="storeys; a half is an attic", examples=[1])
    waterfront: bool = Field(description="whether it stands at the water", examples=[False])
    view: int = Field(ge=0, le=4, description="quality of the view: 0 none, 4 excellent", examples=[0])
    condition: int = Field(ge=1, le=5, description="state of repair: 1 poor, 5 very good", examples=[4])
    grade: int = Field(ge=1, le=13, description="construction and design: 1 poor, 7 average, 13 mansion", examples=[7])
    yr_built: int = Field(ge=1850, le=2016, description="year of construction", examples=[1948])
    yr_renovated: int = Field(ge=0, le=2016, description="year of the last renovation, 0 if none", examples=[0])
    zipcode: int = Field(ge=98001, le=98199, description="zip code in King County", examples=[98115])
    lat: float = Field(ge=47.1, le=47.8, description="latitude in degrees north", examples=[47.6828])
    long: float = Field(ge=-122.6, le=-121, description="longitude in degrees, west is negative", examples=[-122.3052])
    sqft_living15: int = Field(ge=200, le=20_000, description="mean living area of 15 neighbours", examples=[1800])
    sqft_lot15: int = Field(ge=400, le=2_000_000, description="mean plot of 15 neighbours", examples=[5000])

    @field_serializer("date")
    def _as_text(self, day: datetime.date) -> str:
        return day.isoformat()

    @field_validator("*", mode="wrap")
    @classmethod
    def _says_the_range(cls, value: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        """Both ends where a number is beyond one of them: pydantic names the one that was crossed."""
        try:
            return check(value)
        except ValidationError as error:
            if error.errors()[0]["type"] not in ("greater_than_equal", "less_than_equal"):
                raise
            ends = {type(one).__name__: one for one in cls.model_fields[str(info.field_name)].metadata}
            limits = {"low": str(ends["Ge"].ge), "high": str(ends["Le"].le)}
            raise PydanticCustomError("range", "Input should be from {low} to {high}", limits) from None

    @field_validator("sqft_basement")
    @classmethod
    def _adds_up(cls, basement: int, info: ValidationInfo) -> int:
        living, above = info.data.get("sqft_living"), info.data.get("sqft_above")
        if living is not None and above is not None and above + basement != living:
            raise PydanticCustomError("area", "Input should be sqft_living less sqft_above")
        return basement

    @field_validator("yr_built", "yr_renovated")
    @classmethod
    def _in_order(cls, year: int, info: ValidationInfo) -> int:
        renovation = info.field_name == "yr_renovated"
        if (renovation and year == 0) or "date" not in info.data:
            return year
        # A home may be sold in the year before it is finished.
        first = info.data.get("yr_built", 0) if renovation else 0
        last = info.data["date"].year + (0 if renovation else 1)
        if not first <= year <= last:
            limits = {"first": first, "last": last}
            message = "Input should be from {first} to {last}, or 0" if renovation else "Input should be {last} at most"
            raise PydanticCustomError("year", message, limits)
        return year


Record = Home  # the name that the modules use which all projects share
INPUT = list(Home.model_fields)


class Answer(BaseModel):
    """What the model says of one home, in dollars."""

    price: float = Field(description="the price to expect, in dollars")
    low: float = Field(description="lower end of the 90 % interval, in dollars")
    high: float = Field(description="upper end; the interval is wider for a zip code without known sales")


def record_type(limits: Limits) -> type[Home]:
    """The contract of a request, with the days of the settings."""
    return _extended("Home", Home, date=_within(limits))


def labelled_type(limits: Limits) -> type[Home]:
    """The contract of a row of training data: a home, its price, and what the split goes by."""
    further: dict[str, Any] = {"price": (Target, ...), "source": (str, ...), "home": (str, ...), "period": (int, ...)}
    return _extended("Sale", Home, date=_within(limits), **further)


def _within(limits: Limits) -> Any:
    described = Home.model_fields["date"]
    day = Field(ge=limits.first_date, le=limits.last_date, description=described.description, examples=["2015-02-25"])
    return Annotated[datetime.date, day], ...


def _extended(name: str, base: type[Home], **fields: Any) -> type[Home]:
    return create_model(name, __base__=base, **fields)
