"""Three communities and a dozen things for sale, each a picture of cut paper."""

from __future__ import annotations

from collections.abc import Callable

from frontend.demo.pictures.paper import (
    HEIGHT,
    WIDTH,
    Picture,
    Point,
    around,
    blob,
    block,
    disc,
    hole,
    mixed,
    polygon,
    ring,
    stroke,
    window,
)
from frontend.demo.pictures.things import (
    CREAM,
    EMBER,
    GOLD,
    INK,
    RED,
    branch,
    cup,
    fibres,
    hills,
    lantern,
    moon,
    mushroom,
    oyster,
    screw,
    sparkle,
    table,
    waves,
)


def radio_club() -> Picture:
    """A valve radio on a hill, listening to the night."""
    on = Picture("#14183a", "#4a3a6e", 11)
    on.stars(70, "#f7edc9", 420)
    moon(on, 760, 150, 78)
    hills(on, ("#3b3163", 470, 34), ("#2a234c", 560, 26), ("#1b1735", 640, 18))
    on.cut("#1b1735", stroke(7, (330, 300), (270, 110), curved=False), lift=3)
    on.cut(GOLD, disc(270, 108, 9), lift=2)
    waves(on, 270, 108, 46, "#f2b64a", start=190, end=300)
    waves(on, 270, 108, 46, "#e8743b", start=320, end=395)
    on.cut("#8a4b2d", block(250, 290, 460, 290, 64), lift=14)
    on.cut("#a8623a", block(266, 304, 428, 262, 54), lift=0)
    on.cut("#6b3620", block(292, 332, 218, 206, 30), lift=4)
    for row in range(9):
        on.cut("#c98b52", block(304, 346 + row * 21, 194, 7, 3), lift=1)
    on.glow("#ffdf8a", (608, 400), 130, 0.8)
    on.cut("#fff0bd", block(536, 336, 136, 126, 14), lift=3)
    on.cut("#7a4a2a", ring(604, 450, 84, 5, 212, 328), lift=0)
    for angle in range(220, 330, 18):
        on.cut("#7a4a2a", stroke(3.4, around(604, 450, 92, angle), around(604, 450, 104, angle), curved=False), lift=0)
    on.cut(RED, stroke(4, (604, 450), around(604, 450, 92, 298), curved=False), lift=1)
    for x in (562, 646):
        on.cut("#f0d9a8", disc(x, 506, 25), lift=5)
        on.cut("#8a4b2d", stroke(5, (x, 506), around(x, 506, 20, 240 if x < 600 else 310), curved=False), lift=0)
    on.cut("#3a1f16", block(300, 576, 50, 22, 8), block(610, 576, 50, 22, 8), lift=5)
    return on


def hanji_makers() -> Picture:
    """Paper lanterns over sheets of hanji hung up to dry."""
    on = Picture("#f6c98e", "#c6534a", 12)
    on.glow("#fff0c2", (480, 250), 420, 0.5)
    hills(on, ("#b3474a", 520, 30), ("#8b3445", 600, 22))
    on.cut("#5a2434", stroke(5, (-20, 92), (240, 130), (480, 140), (720, 126), (980, 84)), lift=3)
    for x, y, size, fill in (
        (120, 232, 62, "#d94a3a"),
        (310, 272, 78, "#f0a63c"),
        (520, 262, 62, "#4f8f86"),
        (700, 276, 82, "#e06a3d"),
        (866, 222, 58, "#7a5aa6"),
    ):
        lantern(on, x, y, size, fill)
    on.cut(
        "#5a2434",
        stroke(7, (40, 476), (920, 476), curved=False),
        block(66, 470, 14, 260),
        block(880, 470, 14, 260),
        lift=6,
    )
    for place, fill in enumerate(("#fdf6e6", "#f3dfc0", "#e9b7a1", "#cfd8b4", "#fdf3dc")):
        left = 110 + place * 154
        wave = 9 if place % 2 else -7
        on.cut(
            fill,
            blob(
                (left, 474),
                (left + 62, 478),
                (left + 124, 474),
                (left + 128, 560),
                (left + 122 + wave, 660),
                (left + 62, 656 + wave),
                (left + 4 + wave, 662),
                (left - 4, 560),
            ),
            lift=9,
        )
        fibres(on, 9, mixed(fill, "#8a6a4a", 0.3), across=(left + 12, left + 112), down=(500, 630), width=1.2)
        on.cut("#5a2434", block(left + 22, 466, 10, 26, 4), block(left + 92, 466, 10, 26, 4), lift=3)
    branch(on, 985, 380, 230, "#5a2434", "#6f9a62", turn=-1)
    return on


def mushroom_cafe() -> Picture:
    """Tea under mushrooms as large as umbrellas."""
    on = Picture("#0f3b3f", "#3f8f7a", 13)
    on.stars(36, "#d9f2d0", 300)
    on.glow("#ffe9a8", (470, 330), 360, 0.5)
    hills(on, ("#2c6f63", 500, 30), ("#1f5550", 590, 20))
    mushroom(on, 214, 640, 270, "#d9534a", spots="#fff3dc", lean=0.06)
    mushroom(on, 748, 650, 320, "#e8914a", spots="#ffe9c4", lean=-0.08)
    mushroom(on, 470, 640, 96, "#c7a6d8")
    mushroom(on, 592, 668, 62, "#f0d79a", lean=0.1)
    mushroom(on, 60, 690, 90, "#f0b86a", lean=0.12)
    for x, y, size in ((300, 250, 30), (636, 206, 34)):
        lantern(on, x, y, size, "#f2b64a")
    on.cut("#173f3d", block(-20, 640, WIDTH + 40, 120), lift=8)
    on.cut("#caa777", block(452, 612, 46, 86, 8), lift=6)
    on.cut("#f4e6cb", blob((338, 598), (400, 560), (500, 556), (584, 568), (622, 600), (560, 622), (430, 626)), lift=10)
    cup(on, 424, 590, 40, "#f9f4ea", "#9a5a34")
    cup(on, 528, 592, 34, "#8fc1b5", "#7a4a2a")
    for x, y in ((90, 560), (880, 590), (640, 612)):
        sparkle(on, x, y, 15, "#e9f7c9")
    return on


def valve_repair() -> Picture:
    """An open radio, its valves glowing, a screwdriver at work."""
    on = Picture("#2a1f3d", "#6b3f52", 21)
    table(on, "#7a4a35", 470)
    on.cut("#a06a45", block(150, 250, 640, 320, 34), lift=14)
    on.cut("#3a2530", block(176, 276, 588, 268, 22), lift=0)
    on.cut("#55606a", block(196, 452, 548, 70, 8), lift=6)
    for place, x in enumerate((262, 366, 470)):
        on.glow("#ff9a4a", (x, 390), 120, 0.75)
        on.cut("#20202a", block(x - 34, 436, 68, 26, 8), lift=4)
        on.cut(
            mixed("#d8e4e6", "#ffb46a", 0.35),
            blob((x - 34, 438), (x - 38, 370), (x - 22, 318), (x, 304), (x + 22, 318), (x + 38, 370), (x + 34, 438)),
            lift=5,
        )
        on.cut("#ff8a3a", block(x - 11, 350, 22, 66, 8), lift=2)
        on.cut("#ffe0a0", stroke(4, (x - 6, 410), (x - 8, 372), (x, 352), (x + 8, 372), (x + 6, 410)), lift=0)
        on.cut("#8f9aa0", disc(x, 312, 13, 8), lift=1)
        if place == 2:
            sparkle(on, x + 30, 312, 16)
    on.cut("#c98b52", block(560, 322, 150, 118, 12), lift=6)
    for row in range(5):
        on.cut("#8a5630", block(570, 334 + row * 21, 130, 8, 4), lift=0)
    for x, angle in ((214, 20), (726, 70)):
        screw(on, x, 488, 11, angle)
    on.cut("#c23b34", stroke(34, (872, 300), (800, 372), curved=False), lift=9)
    on.cut("#e0665a", stroke(9, (866, 296), (800, 362), curved=False), lift=0)
    on.cut("#c9ced2", stroke(13, (794, 378), (690, 482), curved=False), lift=7)
    for x, y in ((96, 620), (318, 640), (600, 628), (858, 612)):
        screw(on, x, y, 15, x % 180)
    on.cut("#3f8f86", stroke(6, (60, 560), (150, 590), (240, 566), (330, 600)), lift=4)
    return on


def crystal_kit() -> Picture:
    """A crystal set: coil, cat's whisker, earpiece, on a little board."""
    on = Picture("#f3dcb0", "#d99a5f", 22)
    on.glow("#fff6da", (430, 260), 380, 0.6)
    table(on, "#a9683f", 540)
    on.cut("#d9a566", block(150, 440, 600, 120, 16), lift=14)
    on.cut("#c08a4c", block(150, 530, 600, 30, 12), lift=0)
    on.cut("#f6ead0", block(214, 236, 196, 220, 20), lift=9)
    for row in range(17):
        on.cut("#b8502e" if row % 2 else "#d97a44", block(206, 252 + row * 11, 212, 8, 4), lift=1)
    on.cut("#7a4a2a", block(200, 226, 224, 20, 8), block(200, 440, 224, 20, 8), lift=4)
    on.cut("#55504e", blob((520, 420), (534, 372), (576, 362), (612, 384), (622, 424), (574, 440)), lift=7)
    on.cut("#8b8784", polygon((540, 396), (566, 374), (578, 402)), polygon((584, 384), (606, 400), (588, 420)), lift=0)
    on.cut(GOLD, stroke(5, (680, 440), (676, 330), (630, 320), (600, 376)), lift=4)
    sparkle(on, 600, 372, 20)
    for x in (470, 690):
        on.cut(GOLD, disc(x, 448, 15), lift=4)
    on.cut("#3b2b40", stroke(7, (690, 448), (790, 520), (860, 600), (800, 660)), lift=5)
    on.cut("#2b1d2e", disc(760, 640, 66), lift=10)
    on.cut("#f3dcb0", disc(760, 640, 40), lift=2)
    on.cut("#2b1d2e", disc(760, 640, 13), lift=0)
    on.cut("#3f7f86", stroke(5, (224, 240), (150, 150), (230, 70), (420, 60), (620, 90), (980, 40)), lift=4)
    for place, x in enumerate((110, 300, 470)):
        on.cut(mixed("#e8743b", "#f2b64a", place / 2), block(x, 596, 74, 28, 12), lift=5)
        on.cut("#7a2e24", block(x + 18, 596, 8, 28), block(x + 40, 596, 8, 28), lift=0)
    return on


def night_watch() -> Picture:
    """Headphones over a waterfall of short-wave signals."""
    on = Picture("#0b1026", "#1e2f5c", 23)
    on.stars(40, "#cfd8ff", 220)
    for row in range(30):
        for column in range(48):
            strength = on.dice.random() * (1.25 if column in (9, 10, 22, 23, 24, 37) else 0.5)
            if strength > 0.38:
                fill = mixed("#24508a", "#ffd166" if strength > 0.85 else "#5ad1c0", min(1, strength))
                on.cut(fill, block(column * 20 + 2, 250 + row * 16, 16, 11, 3), lift=0)
    on.cut("#f2efe6", ring(480, 330, 206, 30, 180, 360), lift=14)
    on.cut("#c9c2b2", ring(480, 330, 192, 6, 186, 354), lift=0)
    for side in (-1, 1):
        x = 480 + side * 196
        on.cut("#e8743b", block(x - 52, 318, 104, 172, 44), lift=14)
        on.cut("#b54a26", block(x - 30 - side * 22, 336, 60, 136, 28), lift=3)
        on.cut("#ffd9a8", block(x - 10 + side * 26, 358, 10, 90, 5), lift=0)
    on.cut("#f2efe6", stroke(7, (676, 486), (700, 580), (620, 640), (660, 740)), lift=6)
    on.cut(CREAM, block(330, 540, 210, 136, 12), lift=10)
    for row, width in enumerate((150, 118, 164, 92)):
        on.cut("#8a8fa6", block(352, 566 + row * 26, width, 7, 3), lift=0)
    moon(on, 480, 120, 46, "#e6ecff")
    return on


def pocket_radio() -> Picture:
    """A pocket radio with its strap, singing."""
    on = Picture("#f9d8c4", "#ef9f8a", 24)
    on.glow("#fff4e2", (470, 330), 380, 0.7)
    table(on, "#d0665a", 590)
    on.cut("#7a3b46", stroke(14, (300, 196), (210, 150), (170, 260), (196, 400), (150, 520)), lift=6)
    on.cut("#c9ced2", stroke(8, (652, 176), (824, 44), curved=False), lift=5)
    on.cut("#e6eaec", disc(826, 42, 11), lift=2)
    waves(on, 826, 42, 34, "#ffffff", start=90, end=200, count=2)
    on.cut("#2f7f86", block(270, 164, 420, 440, 44), lift=16)
    on.cut("#4aa3a4", block(284, 176, 392, 410, 36), lift=0)
    on.cut("#f6ead0", block(310, 202, 340, 104, 18), lift=4)
    for place in range(13):
        tall = 30 if place % 3 == 0 else 18
        on.cut("#2f5f66", block(332 + place * 24, 286 - tall, 4, tall, 1), lift=0)
    on.cut(RED, block(512, 212, 6, 84, 2), lift=2)
    for ring_number in range(5):
        on.cut(
            mixed("#2f7f86", INK, 0.25),
            *[
                disc(*around(436, 446, 20 + ring_number * 22, angle), 7)
                for angle in range(0, 360, max(15, 60 - ring_number * 11))
            ],
            lift=0,
        )
    on.cut("#f2b64a", disc(612, 392, 42), lift=7)
    on.cut("#a86f1e", stroke(6, (612, 392), around(612, 392, 34, 300), curved=False), lift=0)
    on.cut("#f6ead0", disc(612, 502, 28), lift=6)
    for x, y, size in ((750, 260, 30), (812, 350, 24), (738, 420, 20)):
        on.cut(
            "#7a3b46",
            disc(x, y, size * 0.5, size * 0.38),
            stroke(
                size * 0.14, (x + size * 0.42, y), (x + size * 0.42, y - size * 1.5), (x + size * 0.9, y - size * 1.2)
            ),
            lift=4,
        )
    return on


def hanji_sheets() -> Picture:
    """Ten sheets in ten colours, their edges torn, a cord round them."""
    on = Picture("#efe3cc", "#cdb892", 31)
    branch(on, -30, 60, 330, "#6a4a36", "#7f9f6a")
    table(on, "#9a7350", 560)
    fills = (
        "#fbf5e6",
        "#f2d9b8",
        "#e7a48c",
        "#cf5f56",
        "#8f3f55",
        "#5f5a8f",
        "#4f86a0",
        "#5fa08a",
        "#a9bd72",
        "#f0c766",
    )
    for place, fill in enumerate(reversed(fills)):
        y = 560 - place * 30
        rim: list[Point] = [(210 + on.dice.uniform(-5, 5), y), (206 + on.dice.uniform(-6, 4), y + 30)]
        rim += [(206 + step * 47, y + 34 + on.dice.uniform(-4, 5)) for step in range(1, 12)]
        rim += [(758 + on.dice.uniform(-4, 6), y + 28), (754 + on.dice.uniform(-5, 5), y)]
        rim += [(754 - step * 60, y - 128 + abs(4 - step) * 2 + on.dice.uniform(-4, 4)) for step in range(1, 9)]
        on.cut(
            fill,
            polygon(
                (204, y - 4),
                (304 + on.dice.uniform(-8, 8), y - 122),
                (660 + on.dice.uniform(-8, 8), y - 122),
                (758, y - 4),
            ),
            lift=4,
        )
        on.cut(fill, blob(*rim[:14]), polygon((206, y - 4), (757, y - 4), (757, y + 26), (206, y + 26)), lift=4)
    top = 560 - 9 * 30
    fibres(on, 46, "#d9c7a0", across=(300, 660), down=(top - 116, top - 10), width=1.3)
    on.cut("#7a2e34", stroke(9, (480, top - 124), (481, top - 60), (480, top + 8), (481, 592)), lift=4)
    on.cut(
        "#7a2e34",
        blob((480, top - 50), (420, top - 96), (396, top - 56), (440, top - 40)),
        blob((480, top - 50), (540, top - 96), (566, top - 58), (522, top - 40)),
        lift=6,
    )
    on.cut("#a6424a", disc(480, top - 50, 15), lift=4)
    return on


def lantern_kit() -> Picture:
    """A six-sided lantern, half its paper on, beside its ribs and paste."""
    on = Picture("#3a2145", "#a2474f", 32)
    on.glow("#ffcf7a", (400, 330), 430, 0.75)
    table(on, "#5a2d3c", 560)
    on.cut("#2b1622", stroke(6, (400, 40), (400, 110), curved=False), lift=3)
    on.cut("#2b1622", polygon((300, 132), (400, 92), (500, 132), (486, 152), (314, 152)), lift=6)
    on.cut("#ffe2a0", polygon((314, 150), (486, 150), (560, 330), (486, 510), (314, 510), (240, 330)), lift=12)
    on.cut("#fff3cc", polygon((352, 150), (448, 150), (480, 330), (448, 510), (352, 510), (320, 330)), lift=0)
    on.cut("#f2a94a", polygon((486, 150), (560, 330), (486, 510), (448, 510), (480, 330), (448, 150)), lift=2)
    on.cut(
        "#8a3b2a",
        *[
            stroke(6, start, end, curved=False)
            for start, end in (
                ((314, 150), (240, 330)),
                ((240, 330), (314, 510)),
                ((486, 150), (560, 330)),
                ((560, 330), (486, 510)),
                ((352, 150), (320, 330)),
                ((320, 330), (352, 510)),
                ((448, 150), (480, 330)),
                ((480, 330), (448, 510)),
                ((240, 330), (560, 330)),
            )
        ],
        lift=3,
    )
    on.cut("#d8644a", *[disc(*around(400, 260, 26, angle), 15) for angle in range(0, 360, 72)], lift=2)
    on.cut(GOLD, disc(400, 260, 12), lift=1)
    on.cut("#2b1622", block(308, 508, 184, 20, 6), lift=5)
    for shift in (-60, 0, 60):
        on.cut("#e8743b", stroke(5, (400 + shift, 528), (402 + shift, 580), (398 + shift, 620)), lift=3)
    for place in range(5):
        on.cut(
            mixed("#d9b27a", "#8a5a34", place / 6),
            stroke(9, (610, 600 + place * 18), (900, 560 + place * 20), curved=False),
            lift=5,
        )
    on.cut("#e9e2d0", block(648, 430, 118, 118, 14), lift=9)
    on.cut("#4f86a0", block(648, 462, 118, 50), lift=0)
    on.cut("#c9b892", block(640, 414, 134, 26, 8), lift=4)
    on.cut("#7a4a2a", stroke(11, (726, 410), (800, 250), curved=False), lift=6)
    on.cut("#f4e6cb", stroke(22, (716, 432), (728, 404), curved=False), lift=2)
    for x, y, fill in ((110, 520, "#cf5f56"), (150, 556, "#f0c766"), (90, 590, "#5fa08a")):
        on.cut(fill, polygon((x - 60, y), (x + 50, y - 26), (x + 70, y + 40), (x - 44, y + 62)), lift=6)
    return on


def bound_book() -> Picture:
    """A notebook bound with five stitches, and another under it."""
    on = Picture("#2f4a4a", "#7fa08a", 33)
    on.glow("#e9f3d8", (520, 260), 400, 0.45)
    table(on, "#5d4632", 540)
    on.cut("#8f3f44", polygon((236, 588), (716, 618), (770, 268), (290, 236)), lift=14)
    on.cut("#f4ead2", polygon((250, 574), (716, 602), (728, 526), (262, 500)), lift=3)
    on.cut(
        "#d9c9a4", *[stroke(1.6, (256, 570 - row * 9), (718, 598 - row * 9), curved=False) for row in range(7)], lift=0
    )
    on.cut("#27405f", polygon((214, 512), (690, 548), (748, 176), (272, 140)), lift=14)
    on.cut("#31507a", polygon((312, 160), (732, 192), (678, 532), (254, 500)), lift=0)
    along = [(227, 496), (237, 430), (248, 362), (259, 292), (270, 222), (281, 158)]
    on.cut("#e9d9a8", stroke(6, (254, 502), (312, 152), curved=False), lift=3)
    for x, y in along[:5]:
        on.cut("#e9d9a8", stroke(6, (x - 12, y - 20), (x + 34, y - 16), curved=False), lift=3)
        on.cut(INK, disc(x + 34, y - 16, 6), lift=0)
    fibres(on, 60, "#3f6391", across=(330, 690), down=(200, 510), width=1.4)
    on.cut(CREAM, polygon((392, 236), (474, 242), (446, 424), (364, 418)), lift=5)
    for row, long in enumerate((24, 17, 21)):
        y = 278 + row * 50
        on.cut(
            "#7a2e34",
            stroke(9, (424 - row * 8 - long, y - 3), (424 - row * 8, y + 3), (424 - row * 8 + long, y - 1)),
            lift=0,
        )
    on.cut("#caa36a", stroke(12, (770, 640), (900, 420), curved=False), lift=7)
    on.cut("#f4ead2", polygon((764, 650), (776, 632), (756, 668)), lift=3)
    branch(on, 985, 90, 220, "#4a3526", "#9fb47a", turn=-1)
    return on


def lamp_design() -> Picture:
    """A plan on squared paper, the lamp of the plan beside it."""
    on = Picture("#23364f", "#3f6a86", 34)
    table(on, "#2b3d4c", 610)
    on.cut("#f4f0e2", polygon((90, 110), (590, 70), (620, 600), (116, 632)), lift=16)
    for step in range(1, 13):
        part = step / 13
        on.cut(
            "#c9d8de",
            stroke(1.8, (90 + 500 * part, 110 - 40 * part), (116 + 504 * part, 632 - 32 * part), curved=False),
            lift=0,
        )
        on.cut(
            "#c9d8de",
            stroke(1.8, (90 + 26 * part, 110 + 522 * part), (590 + 30 * part, 70 + 530 * part), curved=False),
            lift=0,
        )
    blue = "#2f5f9a"
    on.cut(
        blue,
        *[
            stroke(4.5, *line, curved=len(line) > 2)
            for line in (
                ((260, 200), (420, 190)),
                ((260, 200), (200, 330), (230, 440)),
                ((420, 190), (486, 310), (462, 424)),
                ((230, 440), (462, 424)),
                ((346, 432), (350, 520)),
                ((276, 530), (426, 520)),
            )
        ],
        lift=0,
    )
    on.cut(
        "#d8644a",
        stroke(3, (170, 210), (176, 440), curved=False),
        stroke(3, (160, 212), (182, 210), curved=False),
        stroke(3, (164, 442), (188, 440), curved=False),
        stroke(3, (240, 562), (470, 548), curved=False),
        lift=0,
    )
    on.glow("#ffdf9a", (770, 300), 260, 0.9)
    on.cut("#ffedc0", blob((700, 170), (840, 170), (900, 290), (872, 400), (668, 400), (640, 290)), lift=14)
    on.cut("#fff8e2", blob((740, 176), (800, 176), (828, 290), (808, 394), (732, 394), (712, 290)), lift=0)
    for shift in (-90, -45, 0, 45, 90):
        on.cut("#e3bd7c", stroke(2.4, (770 + shift * 0.7, 172), (770 + shift * 1.25, 290), (770 + shift, 400)), lift=0)
    on.cut("#6a4a36", block(760, 400, 20, 150, 6), block(690, 540, 160, 22, 10), lift=7)
    on.cut(GOLD, stroke(20, (560, 690), (700, 610), curved=False), lift=8)
    on.cut("#f4e0c0", polygon((556, 702), (566, 680), (530, 708)), lift=2)
    on.cut("#cf5f56", stroke(20, (706, 607), (722, 598), curved=False), lift=2)
    return on


def oyster_log() -> Picture:
    """A log with clusters of oyster mushrooms."""
    on = Picture("#dfe8cf", "#8fb08a", 41)
    on.glow("#fffbe2", (480, 240), 420, 0.6)
    hills(on, ("#6f9a78", 520, 20), ("#4f7a5f", 600, 16))
    on.cut(
        "#5d4030",
        blob(
            (70, 470),
            (80, 380),
            (300, 366),
            (620, 360),
            (850, 372),
            (880, 470),
            (850, 560),
            (560, 576),
            (260, 572),
            (90, 560),
        ),
        lift=16,
    )
    on.cut(
        "#7a5640",
        *[
            stroke(7, (130 + row * 20, 410 + row * 30), (400, 396 + row * 34), (760 - row * 12, 404 + row * 30))
            for row in range(5)
        ],
        lift=0,
    )
    on.cut("#c9a06a", disc(850, 468, 66, 98), lift=8)
    for radius in (50, 36, 22, 9):
        on.cut("#9a7040" if radius % 4 else "#b58a54", ring(850, 468, radius, 4), lift=0)
    greys = ("#b9b4ac", "#cdc6ba", "#a59c98", "#ddd6c8")
    for place, (x, y, size, turn) in enumerate(
        (
            (250, 400, 120, 1),
            (300, 404, 150, -1),
            (262, 372, 104, -1),
            (316, 376, 132, 1),
            (560, 392, 140, 1),
            (604, 396, 116, -1),
            (548, 366, 120, -1),
            (590, 364, 130, 1),
            (430, 540, 100, 1),
            (440, 548, 92, -1),
        )
    ):
        oyster(on, x, y, size, greys[place % 4], turn)
    for x in (140, 690, 780):
        on.cut("#2f2018", disc(x, 452 + (x % 3) * 22, 10), lift=0)
        on.cut("#e9dcc0", disc(x, 452 + (x % 3) * 22, 6), lift=0)
    on.cut("#3f9a8a", blob((740, 190), (800, 170), (846, 196), (850, 250), (760, 252)), lift=8)
    on.cut(
        "#3f9a8a",
        stroke(15, (752, 214), (700, 200), (670, 226)),
        stroke(10, (842, 190), (880, 170), (886, 230), (848, 236)),
        lift=4,
    )
    for drop in range(5):
        on.cut("#7fc6d8", disc(664 - drop * 9, 246 + drop * 22, 6, 9), lift=2)
    return on


def lions_mane() -> Picture:
    """A lion's mane mushroom, white beard and all, in a growing bag."""
    on = Picture("#5b3a6e", "#c98fae", 42)
    on.glow("#fff0f6", (480, 300), 400, 0.55)
    table(on, "#6f4a5c", 590)
    on.cut(
        "#d9e6ea",
        blob((300, 400), (320, 380), (640, 380), (660, 400), (690, 620), (640, 660), (320, 660), (270, 620)),
        lift=14,
        shade=0.7,
    )
    on.cut("#b58a5a", blob((318, 430), (480, 418), (642, 430), (664, 610), (620, 640), (340, 640), (296, 610)), lift=0)
    for _ in range(70):
        x, y = on.dice.uniform(310, 650), on.dice.uniform(440, 632)
        on.cut(on.dice.choice(("#e9dcc0", "#8a6440", "#f6efe0")), disc(x, y, on.dice.uniform(2, 6)), lift=0)
    on.cut("#eef4f6", stroke(9, (346, 400), (330, 520), (342, 630)), lift=0)
    for layer in range(7):
        y = 392 - layer * 40
        wide = (210, 232, 236, 220, 190, 150, 96)[layer]
        tones = mixed("#e9dfcf", "#fffdf6", layer / 6)
        shapes = []
        for place in range(int(wide / 7)):
            x = 480 - wide + place * 2 * wide / (wide / 7 - 1)
            drop = 62 + on.dice.uniform(-12, 16) - abs(x - 480) * 0.08
            shapes.append(polygon((x - 9, y - 8), (x + 9, y - 8), (x + on.dice.uniform(-3, 3), y + drop)))
        on.cut(tones, disc(480, y - 16, wide, 46), *shapes, lift=5, shade=0.8)
    on.cut("#fffdf6", blob((420, 130), (480, 100), (540, 130), (520, 168), (440, 168)), lift=3, shade=0.6)
    on.cut(INK, disc(436, 268, 11), disc(524, 268, 11), lift=0)
    on.cut("#e7a48c", disc(404, 300, 20, 12), disc(556, 300, 20, 12), lift=0)
    on.cut(INK, ring(480, 286, 22, 6, 20, 160), lift=0)
    for x, y in ((180, 200), (800, 240), (760, 120)):
        sparkle(on, x, y, 20, "#ffe6f2")
    return on


def spore_print() -> Picture:
    """A spore print: the gills of a cap, breathed onto dark paper, in a frame."""
    on = Picture("#e7d9c4", "#b99f80", 43)
    on.cut("#8a6440", block(210, 60, 540, 560, 10), lift=16)
    on.cut("#a97f55", block(224, 74, 512, 532, 8), lift=0)
    on.cut("#f4ecdc", block(252, 102, 456, 476, 4), lift=4)
    on.cut("#231f2a", block(292, 142, 376, 396, 3), lift=3)
    on.glow("#c9a3c4", (480, 340), 190, 0.5)
    for gill in range(120):
        angle = gill * 3
        inner, outer = 34 + on.dice.uniform(0, 10), 148 + on.dice.uniform(-9, 9)
        tone = mixed("#8f6f96", "#f0dff0", on.dice.random() * 0.8)
        on.cut(
            tone,
            stroke(
                2.1,
                around(480, 340, inner, angle),
                around(480, 340, outer, angle + on.dice.uniform(-1, 1)),
                curved=False,
            ),
            lift=0,
        )
    on.cut("#231f2a", disc(480, 340, 22), lift=0)
    for _ in range(160):
        turn, far = on.dice.uniform(0, 360), 150 + on.dice.random() ** 2 * 34
        on.cut("#b592b8", disc(*around(480, 340, far, turn), on.dice.uniform(0.6, 1.9)), lift=0)
    on.cut("#7a2e34", block(596, 492, 40, 40, 5), lift=2)
    on.cut("#f4ecdc", ring(616, 512, 10, 4, 40, 320), lift=0)
    table(on, "#7a5a40", 650)
    mushroom(on, 130, 668, 120, "#b5764a", lean=0.05)
    mushroom(on, 850, 676, 92, "#d9a05a", lean=-0.1)
    return on


def grower_talk() -> Picture:
    """A magnifier over a small mushroom, and talk about it."""
    on = Picture("#cfe6e0", "#5fa39a", 44)
    on.glow("#ffffff", (400, 300), 400, 0.5)
    table(on, "#3f6f66", 600)
    on.cut("#7a5640", blob((150, 640), (200, 560), (420, 540), (620, 560), (680, 640)), lift=8)
    for x, size in ((290, 120), (520, 84), (600, 56)):
        mushroom(on, x, 580, size, "#c9764a", spots="#f6dcb8")
    on.cut("#e9f6f4", disc(404, 420, 158), lift=12, shade=0.6)
    mushroom(on, 404, 560, 196, "#d9824f", spots="#ffe6c4")
    on.cut("#9a6a3a", *[disc(350 + x * 26, 402 + (x % 2) * 10, 6) for x in range(5)], lift=0)
    on.cut("#2f3a44", ring(404, 420, 176, 22), lift=12)
    on.cut("#2f3a44", stroke(36, (534, 546), (640, 664), curved=False), lift=12)
    on.cut(GOLD, stroke(12, (556, 568), (574, 588), curved=False), lift=0)
    on.cut("#fff8e6", block(600, 90, 290, 150, 46), polygon((650, 230), (640, 300), (720, 230)), lift=12)
    for row, width in enumerate((200, 150, 180)):
        on.cut("#8fb0a8", block(640, 126 + row * 30, width, 10, 5), lift=0)
    on.cut(EMBER, block(700, 300, 210, 110, 40), polygon((850, 400), (880, 456), (800, 404)), lift=12)
    for row, width in enumerate((130, 96)):
        on.cut("#ffe3cc", block(738, 332 + row * 28, width, 10, 5), lift=0)
    return on


SCENES: dict[str, Callable[[], Picture]] = {
    "radio_club": radio_club,
    "hanji_makers": hanji_makers,
    "mushroom_cafe": mushroom_cafe,
    "valve_repair": valve_repair,
    "crystal_kit": crystal_kit,
    "night_watch": night_watch,
    "pocket_radio": pocket_radio,
    "hanji_sheets": hanji_sheets,
    "lantern_kit": lantern_kit,
    "bound_book": bound_book,
    "lamp_design": lamp_design,
    "oyster_log": oyster_log,
    "lions_mane": lions_mane,
    "spore_print": spore_print,
    "grower_talk": grower_talk,
}


def drawn(name: str) -> bytes:
    """Give a scene as a PNG file."""
    return SCENES[name]().png()


__all__ = ["HEIGHT", "SCENES", "WIDTH", "drawn", "hole", "window"]
