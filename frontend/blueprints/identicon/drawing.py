"""Draws an address as a small mask: eight by eight fields, left and right alike, three colours."""

from eth_utils.crypto import keccak

FIELDS = 8
SIZE = 64


def draw(address: str) -> str:
    """Give the SVG of an address; the same address always looks the same."""
    digest = keccak(text=address.lower())
    hue = int.from_bytes(digest[:2]) % 360
    ground = f"hsl({(hue + 150 + digest[2] % 60) % 360} 45% 88%)"
    colours = (f"hsl({hue} 62% 42%)", f"hsl({(hue + 40 + digest[3] % 80) % 360} 70% 58%)")
    half = FIELDS // 2
    bits = int.from_bytes(digest[4:12])
    rects = []
    for row in range(FIELDS):
        for column in range(half):
            choice = bits & 3
            bits >>= 2
            if choice < 2:
                continue
            for x in (column, FIELDS - 1 - column):
                edge = SIZE // FIELDS
                rects.append(
                    f'<rect x="{x * edge}" y="{row * edge}" width="{edge}" height="{edge}" fill="{colours[choice - 2]}"/>'
                )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" shape-rendering="crispEdges">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="{ground}"/>{"".join(rects)}</svg>'
    )
