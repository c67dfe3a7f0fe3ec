Label = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Output(BaseModel):
    """The model's prediction for one {{ record }}."""

    label: Label = Field(description="the likeliest label")
    probabilities: dict[str, Probability] = Field(description="of all labels")
