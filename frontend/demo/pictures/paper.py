"""Cut paper, drawn: flat shapes that throw a soft shadow on what lies below. The same code gives the same pixels always.

Coordinates are those of the finished picture, 960 by 720; drawing happens at twice the size and is scaled down at the end.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
FINE = 2
SHADOW = (24, 14, 30)
SHADOW_ALPHA = 92
GRAIN_ALPHA = 14

Point = tuple[float, float]
Colour = tuple[int, int, int]
Shape = Callable[[ImageDraw.ImageDraw], None]


def colour(text: str) -> Colour:
    """Read "#rrggbb"."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(one: str, other: str, part: float) -> str:
    """Give a colour between two, `part` of the way to the other."""
    pairs = zip(colour(one), colour(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


class Picture:
    """A sheet on which cut paper is laid, piece by piece."""

    def __init__(self, top: str, bottom: str, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 the same picture every time is what is wanted
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE))
        column = Image.new("RGB", (1, HEIGHT))
        for y in range(HEIGHT):
            column.putpixel((0, y), colour(mixed(top, bottom, y / (HEIGHT - 1))))
        self.image.paste(column.resize(self.image.size))

    def cut(self, fill: str, *shapes: Shape, lift: float = 6, shade: float = 1.0) -> None:
        """Lay one piece of paper made of shapes; `lift` is how far it floats above what lies below."""
        mask = Image.new("L", self.image.size, 0)
        pen = ImageDraw.Draw(mask)
        for shape in shapes:
            shape(pen)
        box = mask.getbbox()
        if box is None:
            return
        if lift > 0:
            self._throw_shadow(mask.crop(box), box, lift * FINE, shade)
        piece = mask.crop(box)
        self.image.paste(Image.new("RGB", piece.size, colour(fill)), box[:2], piece)

    def glow(self, fill: str, at: Point, radius: float, strength: float = 0.6) -> None:
        """Lay light: bright in the middle, nothing at the rim."""
        size = round(radius * FINE)
        mask = Image.radial_gradient("L").resize((size * 2, size * 2))
        mask = mask.point([round(max(0, 181 - v) / 181 * 255 * strength) for v in range(256)])
        place = (round(at[0] * FINE) - size, round(at[1] * FINE) - size)
        self.image.paste(Image.new("RGB", mask.size, colour(fill)), place, mask)

    def _throw_shadow(self, piece: Image.Image, box: tuple[int, int, int, int], lift: float, shade: float) -> None:
        rim = round(lift * 2)
        soft = Image.new("L", (piece.width + 2 * rim, piece.height + 2 * rim), 0)
        soft.paste(piece, (rim, rim))
        soft = soft.filter(ImageFilter.GaussianBlur(lift * 0.8))
        soft = soft.point([round(value * SHADOW_ALPHA * shade / 255) for value in range(256)])
        place = (box[0] - rim + round(lift * 0.35), box[1] - rim + round(lift * 0.9))
        self.image.paste(Image.new("RGB", soft.size, SHADOW), place, soft)

    def stars(self, count: int, fill: str, lowest: float) -> None:
        """Strew small discs over the upper part."""
        for _ in range(count):
            x, y = self.dice.uniform(10, WIDTH - 10), self.dice.uniform(10, lowest)
            self.cut(fill, disc(x, y, self.dice.choice((1.4, 1.8, 2.6))), lift=0)

    def png(self) -> bytes:
        """Give the finished picture: fibres of paper over it, scaled down."""
        fibres = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), self.dice.randbytes(WIDTH * HEIGHT // 4))
        fibres = fibres.filter(ImageFilter.GaussianBlur(0.7)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        grain = Image.merge("RGB", (fibres, fibres, fibres))
        out = io.BytesIO()
        Image.blend(small, grain, GRAIN_ALPHA / 255).save(out, "PNG", compress_level=1)
        return out.getvalue()


# ---- shapes


def _fine(points: Iterable[Point]) -> list[Point]:
    return [(x * FINE, y * FINE) for x, y in points]


def disc(x: float, y: float, rx: float, ry: float | None = None) -> Shape:
    """An ellipse round its middle."""
    high = rx if ry is None else ry
    box = ((x - rx) * FINE, (y - high) * FINE, (x + rx) * FINE, (y + high) * FINE)
    return lambda pen: pen.ellipse(box, fill=255)


def hole(x: float, y: float, rx: float, ry: float | None = None) -> Shape:
    """An ellipse cut out of the shapes before it."""
    high = rx if ry is None else ry
    box = ((x - rx) * FINE, (y - high) * FINE, (x + rx) * FINE, (y + high) * FINE)
    return lambda pen: pen.ellipse(box, fill=0)


def block(x: float, y: float, width: float, height: float, round_by: float = 0) -> Shape:
    """A rectangle from its upper left corner, its corners rounded."""
    box = (x * FINE, y * FINE, (x + width) * FINE, (y + height) * FINE)
    return lambda pen: pen.rounded_rectangle(box, round_by * FINE, fill=255)


def window(x: float, y: float, width: float, height: float, round_by: float = 0) -> Shape:
    """A rectangle cut out of the shapes before it."""
    box = (x * FINE, y * FINE, (x + width) * FINE, (y + height) * FINE)
    return lambda pen: pen.rounded_rectangle(box, round_by * FINE, fill=0)


def polygon(*points: Point) -> Shape:
    """A shape with straight edges."""
    fine = _fine(points)
    return lambda pen: pen.polygon(fine, fill=255)


def blob(*points: Point) -> Shape:
    """A shape with a smooth rim through the points."""
    fine = _fine(smooth(points, closed=True))
    return lambda pen: pen.polygon(fine, fill=255)


def stroke(width: float, *points: Point, curved: bool = True) -> Shape:
    """A line with round ends through the points."""
    path = _fine(smooth(points, closed=False) if curved and len(points) > 2 else points)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.line(path, fill=255, width=round(width * FINE), joint="curve")
        half = width * FINE / 2
        for x, y in path:  # round ends, and no cracks where short pieces meet
            pen.ellipse((x - half, y - half, x + half, y + half), fill=255)

    return draw


def ring(x: float, y: float, radius: float, width: float, start: float = 0, end: float = 360) -> Shape:
    """A part of a circle line; degrees clockwise from the right."""
    box = ((x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE)
    return lambda pen: pen.arc(box, start, end, fill=255, width=round(width * FINE))


def smooth(points: Sequence[Point], *, closed: bool, steps: int = 14) -> list[Point]:
    """Give points on a Catmull-Rom curve through the given ones."""
    count = len(points)
    found: list[Point] = []
    for place in range(count if closed else count - 1):
        if closed:
            four = [points[(place + shift) % count] for shift in (-1, 0, 1, 2)]
        else:
            four = [points[min(max(place + shift, 0), count - 1)] for shift in (-1, 0, 1, 2)]
        found += [_on_curve(four, step / steps) for step in range(steps)]
    return found if closed else [*found, points[-1]]


def _on_curve(four: Sequence[Point], t: float) -> Point:
    def along(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return (
        along(*(point[0] for point in four)),
        along(*(point[1] for point in four)),
    )


def around(x: float, y: float, radius: float, angle: float, squeeze: float = 1.0) -> Point:
    """Give the point at an angle (degrees) on a circle, flattened by `squeeze`."""
    return x + radius * math.cos(math.radians(angle)), y + radius * squeeze * math.sin(math.radians(angle))
