"""Names of folders and files as people give them, a few at a time, are read in their own letters."""

from __future__ import annotations

import random

import pytest

from engine.images import code_pages
from engine.images.code_pages import CODE_PAGES, most_probable

NAMES = {
    "cp949": (
        "고양이 강아지",
        "양품 불량 스크래치",
        "장미 튤립 해바라기 민들레",
        "김치 비빔밥 불고기",
        "정상 흰가루병 탄저병",
    ),
    "cp932": (
        "ネコ イヌ トリ",
        "良品 不良品 キズ 汚れ",
        "桜 梅",
        "寿司 天ぷら うどん",
        "乗用車 トラック バス",
        "新しいフォルダー 写真",
    ),
    "gbk": (
        "苹果 香蕉",
        "合格 不合格 划痕",
        "足球 篮球 排球",
        "裂缝 剥落 钢筋外露",
        "玫瑰 郁金香 向日葵 菊花",
        "饺子 米饭 面条",
        "轿车 卡车",
        "新建文件夹 图片1",
    ),
    "big5": ("蘋果 香蕉", "貓 狗 鳥 魚", "鬱金香 菊花", "餃子 麵條 豆腐", "轎車 卡車", "新增資料夾 圖片"),
    "cp866": ("кошки собаки птицы", "Новая_папка Изображения", "БРАК НОРМА", "молоток пила"),
    "cp1251": ("кошки собаки птицы", "Новая_папка Изображения", "кішки їжаки", "молоток пила"),
    "cp850": ("Käfer Hörnchen Vögel", "évêque forêt élève", "niño araña pájaro", "maçã pão", "älg björn"),
    "cp1252": ("Käfer Hörnchen Vögel", "évêque forêt élève", "niño araña pájaro", "maçã pão", "Été Forêt"),
    "cp852": ("żaba łoś koń wąż", "kůň žába myš ještěrka"),
    "cp1250": ("żaba łoś koń wąż", "kůň žába myš ještěrka"),
    "cp857": ("kuş köpek balık ağaç",),
    "cp1254": ("kuş köpek balık ağaç",),
    "cp737": ("γάτα σκύλος πουλί",),
    "cp1253": ("γάτα σκύλος πουλί",),
    "cp1255": ("חתול כלב ציפור",),
    "cp1256": ("قطة كلب طائر",),
    "cp874": ("แมว หมา นก ปลา",),
}


@pytest.mark.parametrize(("codec", "names"), [(codec, names) for codec in NAMES for names in NAMES[codec]])
def test_a_few_names_are_enough(codec: str, names: str) -> None:
    raw = [name.encode(codec) for name in names.split()]
    page = most_probable(raw)
    assert page is not None
    assert [name.decode(page.codec) for name in raw] == names.split()


@pytest.mark.parametrize("code", ["ko", "zh"])
def test_where_two_fit_the_language_of_the_computer_decides(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_pages.locale, "getlocale", lambda: (f"{code}_XX", "UTF-8"))
    page = most_probable(["뮌".encode("cp949")])
    assert page is not None
    assert page.code == code


def test_any_bytes_have_an_answer() -> None:
    rng = random.Random(0)
    for size in range(1, 100):
        page = most_probable([rng.randbytes(size)])
        assert page is None or page in CODE_PAGES


def test_what_no_code_page_has_is_of_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_pages, "CODE_PAGES", CODE_PAGES[:1])
    assert most_probable([b"\xff\xff"]) is None
