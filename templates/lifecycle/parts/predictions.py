class Prediction(Answer):
    """An answer with its version, and an id for feedback."""

    id: str
    model_version: int


class Part(BaseModel):
    """Something in {{ card.words.a_record }} that moved the answer."""

    name: str
    value: float
{%- if kind == "pictures" %}
    box: tuple[float, float, float, float] = Field(
        description="left, top, width and height, as shares of the picture"
    )
{%- endif %}


class Explanation(BaseModel):
    """An answer and what moved it, the strongest part first."""

    answer: Answer
    unit: str
    parts: list[Part]
