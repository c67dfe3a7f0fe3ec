"""How the tests sample the cells, and requests that the contract refuses."""

SAMPLE_ROWS = 700
FIRST_ROWS = 20  # that the first champion learns from
CANDIDATE = ("logistic regression", '{"C": 0.01}')
INVALID = [
    ({"image": b""}, "file", "whole PNG, JPEG"),
    ({"image": b"no picture"}, "file", "whole PNG, JPEG"),
]
