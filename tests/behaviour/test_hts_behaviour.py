"""What must not change the suggester's answer, what must, and what it must always get right. The shipped model."""

from __future__ import annotations

from datetime import date

import pytest

from data.schedule import Schedule
from models.hts.evidence import ItemText
from models.hts.suggester import Suggester
from serving.suggestion.suggesting import suggester_on

DAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    found = suggester_on(Schedule.load(), DAY)
    assert found is not None, "a model is shipped in models/artifacts/hts"
    return found


def first(suggester: Suggester, *texts: str, **more: object) -> list[str]:
    items = [ItemText(str(i), text, **more) for i, text in enumerate(texts)]  # type: ignore[arg-type]
    return [a.suggestions[0].code if a.suggestions else "" for a in suggester.suggest(items, explain=False)]


PLAIN = (
    "men's cotton t-shirt",
    "women's polyester woven dress",
    "zinc alloy drop earrings",
    "wireless bluetooth earbuds",
    "stainless steel water bottle vacuum insulated",
    "silicone phone case",
    "leather wallet for men",
    "plush teddy bear toy",
    "led desk lamp",
    "ceramic coffee mug",
)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.title,
        lambda text: f"{text} 🔥✨",
        lambda text: f"{text} free shipping",
        lambda text: f"  {text}  ",
        lambda text: f"{text} from China",
    ],
    ids=["upper", "title", "emoji", "free shipping", "spaces", "from China"],
)
def test_what_says_nothing_of_the_goods_changes_nothing(suggester: Suggester, change) -> None:  # type: ignore[no-untyped-def]
    assert first(suggester, *map(change, PLAIN)) == first(suggester, *PLAIN)


@pytest.mark.parametrize("extra", ["blue", "Voltara brand", "new 2026", "hot sale"])
def test_colour_and_brand_keep_the_subheading(suggester: Suggester, extra: str) -> None:
    before = [code[:6] for code in first(suggester, *PLAIN)]
    after = [code[:6] for code in first(suggester, *(f"{extra} {text}" for text in PLAIN))]
    assert sum(a == b for a, b in zip(before, after, strict=True)) >= len(PLAIN) - 1


def test_word_order_keeps_the_subheading(suggester: Suggester) -> None:
    turned = [" ".join(reversed(text.split())) for text in PLAIN]
    before, after = first(suggester, *PLAIN), first(suggester, *turned)
    assert sum(a[:6] == b[:6] for a, b in zip(before, after, strict=True)) >= len(PLAIN) - 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("men's t-shirt cotton knit", "men's t-shirt polyester knit"),
        ("men's woven cotton trousers", "girls woven cotton trousers"),
        ("tempered glass screen protector for phone", "windshield sunshade for car"),
        ("leather handbag", "plastic pvc handbag"),
        ("sterling silver 925 ring", "zinc alloy ring"),
        ("knitted polyester dress women", "woven polyester dress women"),
        ("wooden cutting board", "plastic cutting board"),
        ("ceramic mug", "glass mug"),
        ("electric toothbrush", "manual toothbrush"),
        ("cotton bed sheets", "polyester bed sheets"),
    ],
)
def test_what_decides_changes_the_number(suggester: Suggester, one: str, other: str) -> None:
    a, b = first(suggester, one, other)
    assert a != b


# Goods that nobody may get wrong: the headings that are right, any of them.
EVERYDAY = {
    "cotton t-shirt men": ("6109",),
    "women's knitted sweater acrylic": ("6110",),
    "denim jeans for men": ("6203",),
    "women's summer dress polyester woven": ("6204",),
    "baby romper cotton knit": ("6111",),
    "bra for women": ("6212",),
    "cotton socks": ("6115",),
    "silk scarf": ("6214",),
    "leather belt": ("4203",),
    "baseball cap": ("6505",),
    "running shoes with rubber sole and textile upper": ("6404",),
    "rubber rain boots": ("6401",),
    "backpack": ("4202",),
    "zinc alloy necklace": ("7117",),
    "gold ring 14k": ("7113",),
    "sunglasses": ("9004",),
    "mechanical wrist watch": ("9101", "9102"),
    "plush toy": ("9503",),
    "jigsaw puzzle": ("9503",),
    "playing cards": ("9504",),
    "christmas tree ornaments": ("9505",),
    "yoga mat": ("9506", "3918", "4016"),
    "fishing lure": ("9507",),
    "human hair wig": ("6704",),
    "false eyelashes": ("6704",),
    "lipstick": ("3304",),
    "shampoo": ("3305",),
    "bar soap": ("3401",),
    "scented candle": ("3406",),
    "perfume": ("3303",),
    "printed book": ("4901",),
    "wall calendar": ("4910",),
    "greeting card": ("4909",),
    "paper notebook": ("4820",),
    "ballpoint pen": ("9608",),
    "umbrella": ("6601",),
    "porcelain plate": ("6911",),
    "wine glass": ("7013",),
    "stainless steel frying pan": ("7323",),
    "kitchen knife": ("8211",),
    "scissors": ("8213",),
    "screwdriver": ("8205",),
    "padlock": ("8301",),
    "usb wall charger": ("8504",),
    "power bank": ("8507",),
    "aa alkaline batteries": ("8506",),
    "smartphone": ("8517",),
    "wireless earbuds": ("8518", "8517"),
    "hdmi cable": ("8544",),
    "hair dryer": ("8516",),
    "electric shaver": ("8510",),
    "laptop computer": ("8471",),
    "digital camera": ("8525",),
    "led bulb": ("8539",),
    "table lamp": ("9405",),
    "car brake pads": ("8708", "6813"),
    "bicycle": ("8712",),
    "cotton towel": ("6302",),
    "curtain polyester": ("6303",),
    "wooden chair": ("9401",),
    "pillow": ("9404",),
    "toothbrush": ("9603",),
    "guitar": ("9202",),
    "oil painting on canvas": ("9701",),
    "green tea": ("0902",),
    "roasted coffee beans": ("0901",),
    "chocolate bar": ("1806",),
    "vitamin c supplement tablets": ("2106", "2936", "3004"),
    "instant noodles": ("1902",),
    "polo shirt knitted cotton": ("6105", "6106"),
}


def test_everyday_goods_are_always_right(suggester: Suggester) -> None:
    given = first(suggester, *EVERYDAY)
    wrong = {
        text: code
        for (text, right), code in zip(EVERYDAY.items(), given, strict=True)
        if code[:4] not in right
    }
    assert not wrong
