"""What the demo's communities are and sell, in Korean and English."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.demo.people import ARBITER, MUSHROOM_HOST, NEIGHBOUR, PAPER_MAKER, RADIO_KEEPER, Person

ETH = "eth"
TOKEN = "token"  # noqa: S105 the community's own currency


@dataclass(frozen=True)
class CommunityPlan:
    """A community as its founder opens it; amounts in whole tokens, times in days."""

    picture: str
    founder: Person
    name: str
    symbol: str
    cap: str
    founder_allocation: str
    cliff_days: int
    vesting_days: int
    fee_percent: str
    lang: str
    tags: str
    text: str
    rules: str
    curve_allocation: str = ""
    claim_allocation: str = ""


@dataclass(frozen=True)
class ListingPlan:
    """Something for sale; price in whole ETH or tokens, times in days unless said."""

    picture: str
    community: str
    seller: Person
    title: str
    lang: str
    tags: str
    text: str
    price: str
    quantity: int
    kind: str = "goods"
    currency: str = ETH
    instant: bool = False
    accept_days: int = 3
    deliver_days: int = 7
    transit_days: int = 5
    inspect_days: int = 7
    rule_days: int = 7
    arbiter: Person = ARBITER
    backup: Person | None = None
    arbiter_fee: str = "0"
    only_buyer: Person | None = None


RADIO, HANJI, MUSHROOM = "RADIO", "HANJI", "MUSH"

COMMUNITIES = (
    CommunityPlan(
        picture="radio_club",
        founder=RADIO_KEEPER,
        name="한밤 라디오 수리단 · Midnight Radio",
        symbol=RADIO,
        cap="21000000",
        claim_allocation="50000",
        founder_allocation="2100000",
        cliff_days=180,
        vesting_days=730,
        fee_percent="2.5",
        lang="ko",
        tags="라디오, 진공관, 단파, 수리, radio, valves, shortwave",
        text=(
            "낮에는 각자 다른 이름으로 일하고, 자정이 지나면 납땜인두를 켭니다. 버려진 진공관 라디오를 되살리고, "
            "단파 저편의 목소리를 받아 적는 사람들의 모임입니다. 고친 물건, 직접 만든 키트, 밤새 들은 기록을 여기서 나눕니다.\n\n"
            "By day we work under other names; past midnight we switch on the soldering irons. We bring discarded valve radios "
            "back to life and write down the voices from the far end of the short-wave band. What we mend, build and hear is for "
            "sale here. RADIO, our token, pays for kits and is minted to those who publish a repair diary."
        ),
        rules=(
            "고장 난 곳은 숨기지 말고 사진과 함께 적어 주세요. 고압이 흐르는 물건에는 경고를 붙입니다.\n"
            "Say what is broken, with a picture. Things under high voltage carry a warning."
        ),
    ),
    CommunityPlan(
        picture="hanji_makers",
        founder=PAPER_MAKER,
        name="한지 골목 장터 · Hanji Alley",
        symbol=HANJI,
        cap="5000000",
        founder_allocation="250000",
        cliff_days=90,
        vesting_days=365,
        fee_percent="5",
        curve_allocation="1000000",
        lang="ko",
        tags="한지, 닥나무, 등불, 제본, paper, lantern, bookbinding",
        text=(
            "닥나무를 삶고 두드려 뜬 종이 한 장에서 시작한 골목입니다. 종이를 뜨는 사람, 등을 만드는 사람, 책을 꿰매는 사람이 "
            "한 골목에 모여 삽니다. 집이 곧 공방이고 공방이 곧 가게입니다.\n\n"
            "An alley that began with one sheet of mulberry paper, boiled, beaten and lifted by hand. Paper makers, lantern makers "
            "and bookbinders live door to door; the home is the workshop and the workshop is the shop. Orders to measure are "
            "discussed with the buyer, who takes part in the making."
        ),
        rules=(
            "종이의 무게와 결, 염료를 밝혀 주세요. 기계지는 한지라고 부르지 않습니다.\n"
            "State weight, grain and dye. Machine-made paper is not called hanji here."
        ),
    ),
    CommunityPlan(
        picture="mushroom_cafe",
        founder=MUSHROOM_HOST,
        name="버섯 다방 · The Mushroom Café",
        symbol=MUSHROOM,
        cap="1000000",
        founder_allocation="0",
        cliff_days=0,
        vesting_days=0,
        fee_percent="1",
        lang="en",
        tags="버섯, 재배, 포자, mushrooms, growing, spores",
        text=(
            "An online café for people who grow mushrooms in odd places: bathtubs, bookshelves, the space under the stairs. Grow "
            "kits, spore prints to hang on a wall, and an hour of advice when the mycelium turns green. There is no founder's "
            "share; tokens are handed to whoever shares a harvest log.\n\n"
            "욕조, 책장, 계단 밑 같은 엉뚱한 곳에서 버섯을 기르는 사람들의 온라인 다방입니다. 재배 키트와 포자문 액자를 팔고, 균사가 "
            "초록빛으로 변한 날에는 한 시간 상담도 해 드립니다. 창립자 몫은 없습니다. 수확 일지를 나누는 사람에게 토큰을 드립니다."
        ),
        rules=(
            "Edible species only, named in Latin too. Nothing that a beginner could mistake for something poisonous.\n"
            "먹을 수 있는 종만 학명과 함께 올려 주세요. 독버섯과 헷갈릴 만한 것은 받지 않습니다."
        ),
    ),
)

LISTINGS = (
    ListingPlan(
        picture="valve_repair",
        community=RADIO,
        seller=RADIO_KEEPER,
        title="진공관 라디오 수리 한 대 · One valve radio repaired",
        lang="ko",
        tags="수리, 진공관, repair",
        text=(
            "1950~60년대 진공관 라디오 한 대를 점검하고 수리합니다. 콘덴서 교체, 세척, 수신 조정까지 포함합니다. 진공관 자체가 나간 "
            "경우에는 시작하기 전에 부품값을 먼저 여쭙니다. 수리 전후의 측정값과 사진을 함께 드립니다.\n\n"
            "One valve radio of the fifties or sixties, checked and repaired: capacitors, cleaning, alignment. If a valve itself is "
            "dead you are asked about the part before work begins. You get measurements and pictures from before and after."
        ),
        price="0.12",
        quantity=6,
        kind="service",
        deliver_days=21,
        transit_days=0,
        inspect_days=10,
        backup=NEIGHBOUR,
        arbiter_fee="0.01",
    ),
    ListingPlan(
        picture="crystal_kit",
        community=RADIO,
        seller=RADIO_KEEPER,
        title="광석 라디오 키트, 전지가 필요 없는 라디오 · Crystal radio kit, no battery",
        lang="ko",
        tags="키트, 광석, kit, crystal",
        text=(
            "코일 틀, 에나멜선 40미터, 방연석과 고양이 수염 검파기, 수정 이어폰, 자작나무 판이 들어 있습니다. 납땜 없이 저녁 한 번이면 "
            "완성됩니다. 가까운 중파 방송이 들립니다.\n\n"
            "Coil former, 40 m of enamelled wire, galena with a cat's whisker, crystal earpiece, birch board. No soldering, one "
            "evening. It hears the nearest medium-wave station and needs no power at all."
        ),
        price="0.035",
        quantity=40,
        accept_days=2,
        deliver_days=5,
    ),
    ListingPlan(
        picture="night_watch",
        community=RADIO,
        seller=NEIGHBOUR,
        title="Night watch: eight hours of short wave, logged for you · 단파 야간 청취 기록",
        lang="en",
        tags="shortwave, log, 단파, 청취",
        text=(
            "Name a band and a night. I listen for eight hours and send a log with times, frequencies, languages and ten minutes "
            "of recordings, plus a waterfall picture to hang on a wall. Started at once, delivered within two days.\n\n"
            "주파수대와 날짜를 정해 주시면 여덟 시간 동안 듣고 시각, 주파수, 언어를 적은 기록과 녹음 10분, 벽에 걸 만한 폭포 그림을 "
            "보내 드립니다. 결제 즉시 시작해 이틀 안에 드립니다."
        ),
        price="0.02",
        quantity=30,
        kind="service",
        instant=True,
        deliver_days=2,
        transit_days=0,
        inspect_days=5,
    ),
    ListingPlan(
        picture="pocket_radio",
        community=RADIO,
        seller=RADIO_KEEPER,
        title="되살린 휴대용 트랜지스터 라디오 · Pocket transistor radio, restored",
        lang="ko",
        tags="트랜지스터, 휴대용, pocket",
        text=(
            "1974년산 6석 라디오입니다. 스피커를 갈고 다이얼 줄을 새로 걸었습니다. 뒷면에 긁힌 자국이 하나 있습니다. AA 전지 두 개로 "
            "한 달을 갑니다. 클럽 토큰으로만 팝니다.\n\n"
            "Six transistors, built in 1974. New speaker, new dial cord, one scratch on the back. Two AA cells last a month. Sold "
            "for the club's token only."
        ),
        price="850",
        quantity=4,
        currency=TOKEN,
    ),
    ListingPlan(
        picture="hanji_sheets",
        community=HANJI,
        seller=PAPER_MAKER,
        title="천연 염색 한지 열 장 · Ten sheets of hanji, plant-dyed",
        lang="ko",
        tags="한지, 염색, sheets",
        text=(
            "외발뜨기로 뜬 63 × 93 cm 한지 열 장, 한 장에 약 30 g. 쪽, 치자, 소목, 꼭두서니로 물들였습니다. 손으로 뜬 종이라 가장자리와 "
            "색이 장마다 조금씩 다릅니다.\n\n"
            "Ten sheets of 63 × 93 cm, about 30 g each, lifted by the single-screen method, dyed with indigo, gardenia, sappan and "
            "madder. Handmade: rims and shades differ a little from sheet to sheet."
        ),
        price="0.048",
        quantity=25,
        transit_days=7,
    ),
    ListingPlan(
        picture="lantern_kit",
        community=HANJI,
        seller=PAPER_MAKER,
        title="육각 등 만들기 세트 · Hexagonal lantern kit",
        lang="ko",
        tags="등불, 만들기, lantern, kit",
        text=(
            "대나무 살, 한지 여섯 폭, 풀과 붓, 매화 무늬 오림지가 들어 있습니다. 높이 38 cm. LED 전구는 따로 준비하세요. 초를 켜면 안 "
            "됩니다.\n\n"
            "Bamboo ribs, six panels of hanji, paste and brush, plum blossom cut-outs. 38 cm high. Bring your own LED lamp; never "
            "light a candle in it."
        ),
        price="0.03",
        quantity=50,
        arbiter_fee="0.004",
    ),
    ListingPlan(
        picture="bound_book",
        community=HANJI,
        seller=PAPER_MAKER,
        title="오침안정법 공책 · Notebook with a five-hole binding",
        lang="ko",
        tags="제본, 공책, notebook",
        text=(
            "쪽물 들인 표지에 속지 120쪽, 다섯 구멍을 뚫어 명주실로 꿰맨 전통 제본입니다. 속지는 만년필이 번지지 않습니다. 골목 토큰으로 "
            "사면 이름을 새겨 드립니다.\n\n"
            "Indigo cover, 120 pages, sewn through five holes with silk as books were here. Fountain pens do not bleed. Paid in the "
            "alley's token, with a name pressed into the cover."
        ),
        price="60",
        quantity=20,
        currency=TOKEN,
    ),
    ListingPlan(
        picture="lamp_design",
        community=HANJI,
        seller=PAPER_MAKER,
        title="나만의 종이 등 설계 · A paper lamp designed with you",
        lang="ko",
        tags="설계, 주문 제작, design",
        text=(
            "방의 사진과 치수를 보내 주시면 함께 등을 설계합니다. 스케치 세 장, 고칠 기회 두 번, 실제 크기 도면과 재단본을 드립니다. 만드는 "
            "일은 직접 하셔도, 골목의 다른 공방에 맡기셔도 됩니다.\n\n"
            "Send a picture of the room and its measures, and we design the lamp together: three sketches, two rounds of changes, "
            "full-size drawings with cutting patterns. Make it yourself or have it made by a neighbour in the alley."
        ),
        price="0.2",
        quantity=3,
        kind="service",
        accept_days=5,
        deliver_days=30,
        transit_days=0,
        inspect_days=14,
        backup=MUSHROOM_HOST,
        arbiter_fee="0.015",
    ),
    ListingPlan(
        picture="oyster_log",
        community=MUSHROOM,
        seller=MUSHROOM_HOST,
        title="느타리 통나무 · Oyster mushroom log, inoculated (Pleurotus ostreatus)",
        lang="en",
        tags="oyster, log, 느타리",
        text=(
            "A poplar log of 60 cm, drilled, inoculated and waxed last spring; white mycelium shows at both ends. Soak it for a "
            "night, stand it in the shade, and the first flush comes in about two weeks. It fruits for three years.\n\n"
            "지난봄에 접종한 60 cm 포플러 통나무입니다. 양쪽 끝에 흰 균사가 보입니다. 하룻밤 물에 담갔다가 그늘에 세워 두면 두 주쯤 뒤 "
            "첫 수확을 합니다. 세 해 동안 돋습니다."
        ),
        price="0.04",
        quantity=18,
        transit_days=4,
        inspect_days=21,
        arbiter_fee="0.005",
    ),
    ListingPlan(
        picture="lions_mane",
        community=MUSHROOM,
        seller=MUSHROOM_HOST,
        title="노루궁뎅이 재배 봉지 · Lion's mane grow bag (Hericium erinaceus)",
        lang="en",
        tags="lion's mane, kit, 노루궁뎅이",
        text=(
            "A 2 kg bag of beech sawdust, fully grown through. Cut one cross, spray twice a day, harvest when the teeth are a "
            "centimetre long. Two flushes of about 300 g. Keep it out of the bedroom while it drops spores.\n\n"
            "참나무 톱밥 2 kg에 균이 다 퍼진 봉지입니다. 십자로 한 번 가르고 하루 두 번 물을 뿌려 주세요. 털이 1 cm쯤 되면 수확합니다. "
            "300 g씩 두 번 나옵니다."
        ),
        price="0.018",
        quantity=60,
        accept_days=1,
        deliver_days=3,
        transit_days=3,
    ),
    ListingPlan(
        picture="spore_print",
        community=MUSHROOM,
        seller=MUSHROOM_HOST,
        title="포자문 액자 · Framed spore print of a wood blewit",
        lang="en",
        tags="spores, art, 포자문",
        text=(
            "What a cap leaves on dark paper overnight, fixed and framed in oak, 30 × 30 cm. Every one is different; the one in the "
            "picture shows the kind, not the piece. For café regulars who pay with MUSH.\n\n"
            "버섯 갓이 하룻밤 사이 검은 종이에 남긴 무늬를 정착시켜 참나무 액자에 넣었습니다. 30 × 30 cm. 무늬는 하나하나 다릅니다. "
            "다방 단골을 위해 MUSH로만 팝니다."
        ),
        price="24",
        quantity=12,
        currency=TOKEN,
    ),
    ListingPlan(
        picture="grower_talk",
        community=MUSHROOM,
        seller=MUSHROOM_HOST,
        title="One hour with a grower: why did it turn green? · 재배 상담 한 시간",
        lang="en",
        tags="advice, 상담",
        text=(
            "Bring pictures of the bag, the log or the bathtub. We find out what went wrong, in Korean or English, and you get a "
            "written plan for the next try. Answered within a day.\n\n"
            "봉지든 통나무든 욕조든 사진을 보내 주세요. 무엇이 잘못됐는지 한국어나 영어로 함께 찾고, 다음 시도를 위한 계획서를 드립니다. "
            "하루 안에 답합니다."
        ),
        price="0.015",
        quantity=100,
        kind="service",
        instant=True,
        deliver_days=1,
        transit_days=0,
        inspect_days=3,
    ),
)


def in_turn() -> list[ListingPlan]:
    """Give the listings as they are opened: one of each community in turn, so that the newest ones are a mixture."""
    rows = [[plan for plan in LISTINGS if plan.community == community.symbol] for community in COMMUNITIES]
    return [plan for turn in zip(*rows, strict=True) for plan in turn]


TALE_OF_THE_LOG = (
    "통나무 두 개 가운데 하나의 양쪽 끝에 푸른 곰팡이가 피어 있었습니다. 도착한 날 바로 찍은 사진을 함께 둡니다. 설명에는 흰 균사가 보인다고 "
    "되어 있습니다.\n\n"
    "One of the two logs arrived with green mould at both ends. The pictures were taken on the day it came. The listing promises "
    "white mycelium."
)
ANSWER_OF_THE_GROWER = (
    "The log left here with white ends; the packing pictures show it. The parcel then stood six days at a depot in the heat. I "
    "offer half the price or a new log in autumn.\n\n"
    "보낼 때는 양 끝이 희었고 포장 사진도 있습니다. 택배가 더운 집하장에서 엿새 머물렀습니다. 절반을 돌려드리거나 가을에 새 통나무를 드리겠습니다."
)
TALE_OF_THE_LAMP = (
    "도면의 지름이 제 방 천장 높이와 맞지 않습니다. 두 번째 수정에서 말씀드렸는데 반영되지 않았습니다.\n\n"
    "The diameter in the drawings does not fit the height of my room. I said so in the second round and it was not changed."
)
TALE_OF_THE_RADIO = (
    "수리 후 하루 만에 다시 소리가 나지 않습니다. 측정값 사진도 받지 못했습니다.\n\n"
    "Silent again after one day. The measurements that were promised did not come."
)
TALE_OF_THE_LANTERN = "대나무 살 두 개가 부러져 왔습니다.\n\nTwo of the bamboo ribs arrived broken."
FREQUENCIES = (
    "- 594 kHz: 자정이 지나면 가장 멀리서 들립니다.\n- 6.0 MHz: 비 오는 밤에만.\n\n"
    "- 594 kHz: from furthest away past midnight.\n- 6.0 MHz: on rainy nights only."
)
WHY_TAKE_OVER = (
    "지기 한 사람이 아프면 아무것도 정하지 못했습니다. 이제 회원이 정합니다.\n\n"
    "When the keeper was ill nothing could be decided. From now on the members decide."
)
