class Prediction(Output):
    """A prediction with its version, and an id for feedback."""

    id: str
    model_version: int


class Part(BaseModel):
    """One part of {{ card.words.a_record }}, and its contribution."""

    name: str
    value: float
{%- if kind == "pictures" %}
    box: tuple[float, float, float, float] = Field(
        description="left, top, width and height, as fractions of the picture"
    )
{%- endif %}


class Explanation(BaseModel):
    """A prediction and its parts, the strongest first."""

    answer: Output
    unit: str
    parts: list[Part]
