"""Any picture that is sent becomes one canonical picture: a PNG in grey, 300 by 300 pixels, like the raw cells."""

import threading
from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps
from pydantic_core import PydanticCustomError

SIDE = 300
FORMATS = ("PNG", "JPEG")
REMARKS = {"gamma", "comment", "date:create", "date:modify"}  # what a raw cell's file says besides its pixels
SCANS = 100  # a JPEG may be refined in steps, each of which costs a pass over all pixels
SCAN = b"\xff\xda"
BROKEN = (OSError, SyntaxError, ValueError, LookupError, ArithmeticError, TypeError)  # what Pillow raises inside a file
DECODING = threading.BoundedSemaphore(2)  # pictures at once: a large one takes a hundred megabytes while it is decoded


def canonical(content: bytes, max_bytes: int, max_pixels: int, min_side: int) -> bytes:
    """The picture in a file, upright, in grey and scaled to the side of a cell; one that is so already stays as it is.

    Raises PydanticCustomError with the limit if the file is too large, too small, cut short or no picture. The size
    is read from the header, and nothing is decoded before it was compared with the limits.
    """
    if len(content) > max_bytes:
        raise PydanticCustomError(
            "too_many_bytes", "Picture should have at most {max_bytes} bytes", {"max_bytes": max_bytes}
        )
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check(picture, content, max_pixels, min_side)
            if _looks_canonical(picture, content) and _decoded(content)[1] <= REMARKS:
                return content
            with DECODING:
                picture.draft("L", (SIDE, SIDE))  # a JPEG is decoded no larger than it is needed
                picture.load()
                return png(_upright(_grey(picture)))
    except Image.DecompressionBombError:
        raise _too_many_pixels(max_pixels) from None
    except PydanticCustomError:
        raise
    except BROKEN:
        raise PydanticCustomError("no_picture", "Picture should be a whole PNG or JPEG file") from None


def area(content: bytes) -> int:
    """Width times height, as the file's header says; 0 if it is no picture."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            return picture.width * picture.height
    except (*BROKEN, Image.DecompressionBombError):
        return 0


def pixels(content: bytes) -> NDArray[np.uint8]:
    """The pixels of a canonical picture, of shape (300, 300)."""
    return _decoded(content)[0]


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def jpeg(content: bytes) -> bytes:
    """A canonical picture as a JPEG file of some 10 kB."""
    file = BytesIO()
    Image.fromarray(pixels(content)).save(file, "JPEG", quality=85)
    return file.getvalue()


def _check(picture: Image.Image, content: bytes, max_pixels: int, min_side: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise _too_many_pixels(max_pixels)
    if min(picture.size) < min_side:
        raise PydanticCustomError(
            "too_small", "Picture should have sides of at least {min_side} pixels", {"min_side": min_side}
        )
    if getattr(picture, "is_animated", False) and picture.format == "PNG":
        raise PydanticCustomError("animated", "Picture should not be animated")
    if picture.format != "PNG" and content.count(SCAN) > SCANS:
        raise PydanticCustomError("too_many_scans", "JPEG should have at most {scans} scans", {"scans": SCANS})


def _too_many_pixels(max_pixels: int) -> PydanticCustomError:
    return PydanticCustomError(
        "too_many_pixels", "Picture should have at most {max_pixels} pixels", {"max_pixels": max_pixels}
    )


@lru_cache(maxsize=16)
def _decoded(content: bytes) -> tuple[NDArray[np.uint8], frozenset[str]]:
    """Pixels and names of remarks; kept for a moment, since a picture is checked first and then looked at."""
    with Image.open(BytesIO(content), formats=["PNG"]) as picture:
        found: NDArray[np.uint8] = np.asarray(picture, dtype=np.uint8)
        found.flags.writeable = False
        return found, frozenset(map(str, picture.info))


def _looks_canonical(picture: Image.Image, content: bytes) -> bool:
    small = len(content) < 2 * SIDE * SIDE
    return small and (picture.format, picture.mode, picture.size) == ("PNG", "L", (SIDE, SIDE))


def _grey(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits, which Pillow would clip at 255
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    return picture if picture.mode == "L" else picture.convert("L")


def _upright(picture: Image.Image) -> Image.Image:
    """The picture in the size of a cell, turned as its camera was held."""
    turned = picture.getexif().get(ExifTags.Base.Orientation, 1) != 1
    picture = ImageOps.exif_transpose(picture) if turned else picture
    return picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
