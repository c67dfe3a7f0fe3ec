"""How the tests sample the cells, and requests that the contract refuses."""

SAMPLE_ROWS = 1_200
FIRST_ROWS = 60  # that the first champion learns from
CANDIDATE = ("logistic regression", '{"C": 0.01}')
INVALID = [
    ({"image": b""}, "image", "whole PNG or JPEG"),
    ({"image": b"no picture"}, "image", "whole PNG or JPEG"),
    ({"image": b"\x89PNG" + bytes(4_000_000)}, "image", "at most 4000000 bytes"),
    ({"image": 5}, "image", "valid bytes"),
]
