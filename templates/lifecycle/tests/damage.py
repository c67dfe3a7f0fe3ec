"""Files as a bad disk or a bad sender leaves them."""

import hypothesis
from hypothesis import strategies as st

# The same examples in every run; a machine under load is no fault of what is tested.
FEW = hypothesis.settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes of a file after one to three cuts, insertions or changes anywhere in it."""
    content = whole
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(start + 20, len(content))) | st.just(len(content)))
        content = content[:start] + draw(st.binary(max_size=20)) + content[end:]
    return content
