"""Uploaded pictures, made anew from their pixels: nothing of the file that came in is left but what can be seen.

What a file is, its bytes say; name and declared type count for nothing. Of an animation the first frame is kept.
"""

import io
import warnings
from typing import TYPE_CHECKING

from flask_babel import gettext

from frontend.errors import Refused

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
EDGE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
THUMBNAIL_WIDTHS = (320, 640)
# the parts of a WebP file that hold pixels; EXIF, XMP, ICCP and animations are others
PIXEL_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
HAS_METADATA_OR_FRAMES = 0b0010_1110  # VP8X flags: ICC, EXIF, XMP, animation


def redrawn(data: bytes, field: str = "picture") -> bytes:
    """Give a picture as WebP, upright, at most 1600 pixels wide and high, without metadata.

    Raises: Refused, in words that fit what came: too large, no picture, a kind that we do not take, damaged.
    """
    if len(data) > MAX_BYTES:
        raise Refused(
            gettext("The picture is too large: at most 8 MB. Please save it smaller."),
            key="picture_too_large",
            field=field,
        )
    picture = _pixels(data, field)
    picture.thumbnail((EDGE, EDGE))
    return _webp(picture)


def thumbnail(picture: bytes, width: int) -> bytes:
    """Give one of our own pictures at most so wide; one that is not wider comes back as it is. Raises: Refused."""
    small = _pixels(picture, "picture")
    if small.width <= width:
        return picture
    small.thumbnail((width, EDGE))
    return _webp(small)


def is_plain_webp(data: bytes) -> bool:
    """Tell whether these bytes are a WebP picture as we make them: one frame, no metadata, nothing behind its end."""
    if len(data) < 20 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name not in PIXEL_CHUNKS:
            return False
        if name == b"VP8X" and data[at + 8] & HAS_METADATA_OR_FRAMES:
            return False
        at += 8 + size + size % 2
    if at != len(data):
        return False
    try:
        picture = _pixels(data, "picture")
    except Refused:
        return False
    return max(picture.size) <= EDGE


def _pixels(data: bytes, field: str) -> "Image.Image":
    from PIL import Image, ImageOps, UnidentifiedImageError  # slow to import, and few requests need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                # before a single pixel is unpacked
                if opened.width * opened.height > MAX_PIXELS:
                    raise _too_many_pixels(field)
                # turned as the camera meant it, then made anew from its pixels: nothing of the metadata is left
                upright = ImageOps.exif_transpose(opened)
                has_alpha = upright.mode in ("RGBA", "LA") or "transparency" in upright.info
                return upright.convert("RGBA" if has_alpha else "RGB")
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(field) from None
    except UnidentifiedImageError:
        raise _no_picture(data, field) from None
    # decoders tell what is wrong with a file in many ways, and none of them is our fault
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, OverflowError, MemoryError, Warning):
        raise Refused(
            gettext("This picture is damaged or cut off. Please save or download it again and upload that."),
            key="damaged_picture",
            field=field,
        ) from None


def _webp(pixels: "Image.Image") -> bytes:
    from PIL import Image

    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


def _too_many_pixels(field: str) -> Refused:
    return Refused(
        gettext("The picture has too many pixels: at most 40 million. Please save it smaller."),
        key="picture_too_large",
        field=field,
    )


def _no_picture(data: bytes, field: str) -> Refused:
    """Say what came instead of a picture that we take, as far as its first bytes tell."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[4:8] == b"ftyp":
        text = gettext("HEIC, AVIF and videos cannot be read here. Please save the picture as JPEG and upload that.")
        return Refused(text, key="heic_picture", field=field)
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in start:
        text = gettext(
            "SVG drawings are not taken, since they can hold programs. Please save it as PNG and upload that."
        )
        return Refused(text, key="svg_picture", field=field)
    if data.startswith((b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")) or data[8:12] == b"WEBP":
        text = gettext("This picture is damaged or cut off. Please save or download it again and upload that.")
        return Refused(text, key="damaged_picture", field=field)
    text = gettext("This is no picture that we can read. JPEG, PNG, WebP and GIF work.")
    return Refused(text, key="bad_picture", field=field)
