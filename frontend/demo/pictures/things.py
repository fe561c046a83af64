"""Things that stand in several pictures: hills, a moon, lanterns, mushrooms, a cup, a table."""

from __future__ import annotations

from frontend.demo.pictures.paper import (
    HEIGHT,
    WIDTH,
    Picture,
    around,
    blob,
    block,
    disc,
    mixed,
    polygon,
    ring,
    stroke,
)

INK = "#2b1d2e"
CREAM = "#fbf1dc"
GOLD = "#f2b64a"
EMBER = "#e8743b"
RED = "#c8402f"


def moon(on: Picture, x: float, y: float, radius: float, fill: str = "#fdeec2") -> None:
    """A moon with its light, and a face of craters."""
    on.glow(fill, (x, y), radius * 2.6, 0.35)
    on.cut(fill, disc(x, y, radius), lift=4)
    dark = mixed(fill, "#c9a86a", 0.35)
    on.cut(
        dark,
        disc(x - radius * 0.3, y - radius * 0.2, radius * 0.18),
        disc(x + radius * 0.25, y + radius * 0.3, radius * 0.13),
        lift=0,
    )
    on.cut(dark, disc(x + radius * 0.35, y - radius * 0.35, radius * 0.09), lift=0)


def hills(on: Picture, *layers: tuple[str, float, float]) -> None:
    """Rows of hills, far ones first: colour, height of the ridge, how hilly."""
    for place, (fill, ridge, rough) in enumerate(layers):
        points = [(-60.0, HEIGHT + 60.0)]
        for step in range(7):
            wave = rough if (step + place) % 2 else -rough
            points.append((-60 + step * (WIDTH + 120) / 6, ridge + wave * (0.6 + 0.4 * on.dice.random())))
        points.append((WIDTH + 60.0, HEIGHT + 60.0))
        on.cut(
            fill, blob(*points, (WIDTH / 2, HEIGHT + 200)), block(-10, ridge + rough + 40, WIDTH + 20, HEIGHT), lift=10
        )


def table(on: Picture, fill: str, y: float) -> None:
    """A table's top, seen from the front, with its grain."""
    on.cut(fill, block(-20, y, WIDTH + 40, HEIGHT), lift=12)
    grain = mixed(fill, INK, 0.14)
    for row in range(5):
        down = y + 26 + row * 32 + row * row * 3
        start = on.dice.uniform(-40, 200)
        on.cut(grain, stroke(2.2, (start, down), (start + 260, down + 5), (start + 620, down - 3)), lift=0)


def lantern(on: Picture, x: float, y: float, size: float, fill: str, *, lit: bool = True) -> None:
    """A round paper lantern hanging from above."""
    if lit:
        on.glow("#ffd98a", (x, y), size * 2.4, 0.45)
    on.cut(mixed(fill, INK, 0.55), stroke(size * 0.04, (x, y - size * 2.2), (x, y - size)), lift=2)
    on.cut(fill, disc(x, y, size, size * 0.86), lift=7)
    light = mixed(fill, "#fff3c9", 0.55)
    on.cut(light, disc(x, y, size * 0.62, size * 0.82), lift=0)
    on.cut(mixed(light, "#fffbe8", 0.6), disc(x, y, size * 0.26, size * 0.8), lift=0)
    cap = mixed(fill, INK, 0.6)
    on.cut(cap, block(x - size * 0.34, y - size * 0.98, size * 0.68, size * 0.18, size * 0.05), lift=2)
    on.cut(cap, block(x - size * 0.28, y + size * 0.8, size * 0.56, size * 0.15, size * 0.05), lift=2)
    for shift in (-0.14, 0, 0.14):
        on.cut(
            GOLD,
            stroke(size * 0.035, (x + size * shift, y + size * 0.95), (x + size * shift * 1.3, y + size * 1.4)),
            lift=1,
        )


def mushroom(
    on: Picture, x: float, y: float, size: float, cap: str, *, spots: str | None = None, lean: float = 0
) -> None:
    """A mushroom whose foot stands at (x, y)."""
    top = x + lean * size
    on.cut(
        "#f4e6cb",
        blob(
            (x - size * 0.2, y),
            (x - size * 0.13, y - size * 0.5),
            (top - size * 0.15, y - size * 0.95),
            (top + size * 0.15, y - size * 0.95),
            (x + size * 0.15, y - size * 0.5),
            (x + size * 0.22, y),
        ),
        lift=6,
    )
    on.cut("#e3cda6", disc(top, y - size * 0.93, size * 0.55, size * 0.12), lift=3)
    on.cut(
        cap,
        blob(
            (top - size * 0.68, y - size * 0.9),
            (top - size * 0.5, y - size * 1.34),
            (top, y - size * 1.58),
            (top + size * 0.5, y - size * 1.34),
            (top + size * 0.68, y - size * 0.9),
            (top, y - size * 0.98),
        ),
        lift=7,
    )
    if spots:
        for dx, dy, part in ((-0.32, -1.2, 0.1), (0.08, -1.4, 0.12), (0.36, -1.14, 0.085), (-0.04, -1.1, 0.07)):
            on.cut(spots, disc(top + dx * size, y + dy * size, size * part, size * part * 0.85), lift=1.5)


def oyster(on: Picture, x: float, y: float, size: float, fill: str, turn: float = 1) -> None:
    """An oyster mushroom growing sideways; turn is 1 to the right, -1 to the left."""
    on.cut(
        "#f1e7d6",
        blob(
            (x, y),
            (x + turn * size * 0.28, y - size * 0.36),
            (x + turn * size * 0.5, y - size * 0.4),
            (x + turn * size * 0.3, y - size * 0.02),
        ),
        lift=4,
    )
    on.cut(
        fill,
        blob(
            (x + turn * size * 0.1, y - size * 0.5),
            (x + turn * size * 0.35, y - size * 0.86),
            (x + turn * size * 0.9, y - size * 0.8),
            (x + turn * size * 1.05, y - size * 0.5),
            (x + turn * size * 0.62, y - size * 0.34),
        ),
        lift=5,
    )
    on.cut(
        mixed(fill, "#ffffff", 0.35),
        stroke(
            size * 0.035,
            (x + turn * size * 0.4, y - size * 0.68),
            (x + turn * size * 0.7, y - size * 0.72),
            (x + turn * size * 0.9, y - size * 0.6),
        ),
        lift=0,
    )


def cup(on: Picture, x: float, y: float, size: float, fill: str, drink: str) -> None:
    """A tea cup without handle on a saucer, steam above."""
    on.cut(mixed(fill, INK, 0.2), disc(x, y, size * 1.15, size * 0.2), lift=6)
    on.cut(
        fill,
        blob(
            (x - size * 0.75, y - size * 0.95),
            (x - size * 0.62, y - size * 0.25),
            (x - size * 0.3, y),
            (x + size * 0.3, y),
            (x + size * 0.62, y - size * 0.25),
            (x + size * 0.75, y - size * 0.95),
        ),
        lift=5,
    )
    on.cut(mixed(fill, "#ffffff", 0.4), disc(x, y - size * 0.92, size * 0.76, size * 0.17), lift=2)
    on.cut(drink, disc(x, y - size * 0.9, size * 0.64, size * 0.12), lift=0)
    for shift in (-0.28, 0.05, 0.36):
        foot = (x + shift * size, y - size * 1.15)
        on.cut(
            "#ffffff",
            stroke(
                size * 0.05,
                foot,
                (foot[0] + size * 0.12, y - size * 1.45),
                (foot[0] - size * 0.08, y - size * 1.72),
                (foot[0] + size * 0.05, y - size * 2),
            ),
            lift=2,
            shade=0.5,
        )


def waves(
    on: Picture,
    x: float,
    y: float,
    first: float,
    fill: str,
    *,
    start: float,
    end: float,
    count: int = 3,
    width: float = 7,
) -> None:
    """Rings of sound or radio going out from a point."""
    for place in range(count):
        on.cut(fill, ring(x, y, first + place * first * 0.55, width - place * 1.2, start, end), lift=3)


def branch(on: Picture, x: float, y: float, length: float, fill: str, leaf: str, *, turn: float = 1) -> None:
    """A branch with leaves, hanging in from a side."""
    tip = (x + turn * length, y + length * 0.3)
    on.cut(fill, stroke(9, (x, y), (x + turn * length * 0.5, y + length * 0.08), tip), lift=5)
    for place in range(6):
        part = 0.18 + place * 0.16
        foot = (x + turn * length * part, y + length * (0.02 + 0.28 * part * part))
        side = -1 if place % 2 else 1
        end = (foot[0] + turn * length * 0.13, foot[1] + side * length * 0.15)
        middle = ((foot[0] + end[0]) / 2, (foot[1] + end[1]) / 2)
        bulge = length * 0.05
        on.cut(
            mixed(leaf, CREAM, 0.1 * (place % 3)),
            blob(
                foot,
                (middle[0] - bulge, middle[1] + side * bulge * 0.4),
                end,
                (middle[0] + bulge, middle[1] - side * bulge * 0.4),
            ),
            lift=4,
        )


def screw(on: Picture, x: float, y: float, size: float, angle: float) -> None:
    """A slotted screw's head."""
    on.cut("#b9a27c", disc(x, y, size), lift=2)
    on.cut(
        INK,
        stroke(size * 0.28, around(x, y, size * 0.7, angle), around(x, y, size * 0.7, angle + 180), curved=False),
        lift=0,
    )


def sparkle(on: Picture, x: float, y: float, size: float, fill: str = "#fff2c4") -> None:
    """A four-pointed spark."""
    thin = size * 0.16
    on.cut(
        fill,
        polygon(
            (x, y - size),
            (x + thin, y - thin),
            (x + size, y),
            (x + thin, y + thin),
            (x, y + size),
            (x - thin, y + thin),
            (x - size, y),
            (x - thin, y - thin),
        ),
        lift=1,
    )


def fibres(
    on: Picture, count: int, fill: str, *, across: tuple[float, float], down: tuple[float, float], width: float
) -> None:
    """Fibres in handmade paper, strewn over a rectangle."""
    for _ in range(count):
        x, y = on.dice.uniform(*across), on.dice.uniform(*down)
        bend, end = on.dice.uniform(-18, 18), on.dice.uniform(-26, 26)
        on.cut(fill, stroke(width, (x, y), (x + bend, y + 6), (x + end, y + 14)), lift=0)
