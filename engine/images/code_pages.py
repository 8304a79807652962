"""Which code page a few short names were written in.

The code page is taken under which the names are shortest to tell (minimum description length, Rissanen 1978):
each character costs as many bits as it is rare in the languages that the code page is for. General detectors
want sentences: on the lists of `tests/engine/images/test_code_pages.py` charset-normalizer finds about half.
"""

from __future__ import annotations

import locale
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, log2
from typing import Final

_ASCII = 6.0
"""Bits of a character of ASCII."""
_CAPITAL = 2.0
"""Bits more for a capital letter, or the first of several."""
_CAPITAL_WITHIN = 6.0
"""The same behind a small letter."""
_STRANGE = 22.0
"""Bits of a character that names hardly have: a box, an unusual ideograph, a letter of another language."""
_AMONG_LATIN = 9.0
"""Bits more for a letter of another script beside one of ASCII."""
_RARER = 0.25
"""Bits more for each code page that is more widespread."""
_AT_HOME = 6.0
"""Bits less for a code page of the language that this computer speaks."""
_IN_LATIN = 3.0
"""Bits more for a letter with an accent: one in ten is."""


@dataclass(frozen=True)
class CodePage:
    """A code page: Python's name of it, its language for people and as ISO 639 has it, and the bits that a
    character which is not ASCII costs."""

    codec: str
    language: str
    code: str
    bits: Callable[[str], float]
    is_latin: bool = False

    @property
    def title(self) -> str:
        return f"{self.language} ({self.codec})"


def most_probable(names: Sequence[bytes]) -> CodePage | None:
    """The code page that all `names` were most probably written in, or `None` if none fits."""
    home = (locale.getlocale()[0] or "")[:2].lower()
    best: CodePage | None = None
    fewest = 0.0
    for place, page in enumerate(CODE_PAGES):
        bits = _total(names, page)
        if bits is None:
            continue
        bits += place * _RARER
        if page.code == home:
            bits -= _AT_HOME
        if best is None or bits < fewest:
            best, fewest = page, bits
    return best


def _total(names: Sequence[bytes], page: CodePage) -> float | None:
    bits = 0.0
    for name in names:
        try:
            text = name.decode(page.codec)
        except UnicodeDecodeError:
            return None
        before = ""
        for character in text:
            if character.isascii():
                bits += _ASCII if character.isprintable() else _STRANGE
            else:
                bits += page.bits(character)
                if character.isupper() and not before.isupper():
                    bits += _CAPITAL_WITHIN if before.islower() else _CAPITAL
            if not page.is_latin and _meet(before, character):
                bits += _AMONG_LATIN
            before = character
    return bits


def _meet(before: str, character: str) -> bool:
    """Whether two neighbours are a letter of ASCII and one that is not, with no space between."""
    return before.isalpha() and character.isalpha() and before.isascii() != character.isascii()


def _by_frequency(letters: str) -> dict[str, float]:
    """Bits of each of `letters`, the most frequent of which come first (the law of Zipf and Mandelbrot)."""
    all_of_them = log2(log((len(letters) + 3) / 3))
    return {letter: log2(rank + 3) + all_of_them for rank, letter in enumerate(letters)}


def _alphabet(letters: str, more: float = 0.0) -> Callable[[str], float]:
    costs = _by_frequency(letters)

    def bits(character: str) -> float:
        cost = costs.get(character) or costs.get(character.lower())
        return _STRANGE if cost is None else cost + more

    return bits


# Parts of Hangul syllables, the most frequent first.
_INITIALS: Final = _by_frequency("ㅇㄱㅅㅈㄷㅎㄹㅂㄴㅁㅊㅌㅍㅋㄸㄲㅆㅃㅉ")
_VOWELS: Final = _by_frequency("ㅏㅣㅗㅓㅜㅡㅐㅕㅔㅘㅛㅑㅚㅢㅠㅟㅝㅖㅙㅞㅒ")
_FINALS: Final = _by_frequency("-ㄴㄹㅇㄱㅁㅂㅅㅆㅌㅍㅎㅊㄷㅈㄶㅄㄺㄲㅋㄻㅀㄵㄼㄾㄳㄿㄽ")
_INITIAL_ORDER: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL_ORDER: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINAL_ORDER: Final = "-ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def _korean(character: str) -> float:
    syllable = ord(character) - 0xAC00
    if not 0 <= syllable < 11172:
        return _STRANGE
    initial, rest = divmod(syllable, 588)
    vowel, final = divmod(rest, 28)
    bits = _INITIALS[_INITIAL_ORDER[initial]] + _VOWELS[_VOWEL_ORDER[vowel]] + _FINALS[_FINAL_ORDER[final]]
    # Syllables beyond those of KS X 1001 are in hardly any word.
    return bits if _is_within(character, "euc_kr", 0xB0, 0xC8) else bits + 6


def _japanese(character: str) -> float:
    if "ぁ" <= character <= "ヿ":
        return 7.5
    if "\uff61" <= character <= "\uff9f":  # half as wide, and not used for names any more
        return 11.0
    if character in _COMMON_HAN:
        return 10.5
    if "一" <= character <= "鿿":
        return 12.5 if _is_within(character, "shift_jis", 0x88, 0x97) else 18.0  # level 1 of JIS X 0208
    return _STRANGE


def _simplified(character: str) -> float:
    if character in _COMMON_HAN:
        return 10.0
    if "一" <= character <= "鿿":
        if _is_within(character, "gb2312", 0xB0, 0xD7):  # level 1
            return 12.5
        return 16.0 if _is_within(character, "gb2312", 0xD8, 0xF7) else _STRANGE
    return _STRANGE


def _traditional(character: str) -> float:
    if character in _COMMON_HAN:
        return 10.0
    if "一" <= character <= "鿿":
        return 12.5 if _is_within(character, "big5", 0xA4, 0xC6) else 19.0  # level 1
    return _STRANGE


def _is_within(character: str, codec: str, first: int, last: int) -> bool:
    try:
        return first <= character.encode(codec)[0] <= last
    except UnicodeEncodeError:
        return False


# Ideographs that names of files and classes are made of, as Chinese (both ways of writing) and Japanese have
# them: frequent ones, and those of animals, plants, food, things, parts, faults, colours, sizes and folders.
_COMMON_HAN: Final = frozenset(
    "的一是不了在人有我他这這中大来來上国國个個到说說们們为為子和你地出道也时時年得就那要下以生会會自着去之过過家学學对對可她里裡"
    "后後小么麼心多天而能好都然没沒日于於起还還发發成事只作当當想看文无無开開手十用主行方又如前所本见見经經头頭面公同三已老从從"
    "动動两兩长長知民样樣现現分将將外但身些与與高意进進把法此实實回二理美点點月明其种種声聲全工己话話儿兒者向情部正名定女问問"
    "力机機给給等几幾很业業最间間新什打便位因重被走电電四第门門相次东東政海口使教西再平真听聽世气氣信北少关關并並内內加化由却"
    "代军軍产產入先山五太水万萬市眼体體别別处處总總才场場师師书書比住员員九笑性通目华華报報立马馬命张張活难難神数數件安表原车車"
    "白应應路期叫死常提感金何更反合放做系计計或司利受光王果亲親界及今京务務制解各任至清物台象记記边邊共风風战戰干接它许許八特觉"
    "覺望直服毛林题題建南度统統色字请請交爱愛让讓认認算论論百吃义義科怎元社术術结結六功指思非流每青管夫连連远遠资資队隊跟带帶"
    "花快条條院变變联聯权權往展该該领領传傳近留红紅治决決周保达達办辦运運武半候七必城父强強步完革深区區即求品士转轉量空甚众眾技"
    "轻輕程告江语語英基派满滿式李息写寫呢识識极極令黄黃德收脸臉钱錢党黨倒未持取设設始版双雙历歷越史商千片容研像找友孩站广廣改议"
    "議形委早房音火际際则則首单單据據导導影失拿网網香似斯专專石若兵弟谁誰校读讀志飞飛观觀争爭究包组組造落视視济濟喜离離虽雖坏壞"
    "猫貓狗犬鸟鳥鱼魚兔牛羊猪豬鸡雞鸭鴨鹅鵝虎狮獅熊狼狐狸猴蛇龟龜蛙虫蟲蜂蝶蚁蟻蜘蛛鼠鹿驴驢骆駱驼駝豹狼鹰鷹鸽鴿雀燕鹤鶴虾蝦蟹"
    "苹蘋果香蕉橙橘梨桃葡萄莓草莓瓜西番茄菜萝蘿卜蔔豆米麦麥粉糖盐鹽茶酒肉蛋奶饭飯面麵包饼餅玫瑰郁鬱金菊兰蘭竹梅樱櫻桜松柏枫楓"
    "柳杨楊树樹木叶葉根茎莖种種籽荷莲蓮牡丹百向葵苗草药藥格不合良否品次划劃痕污汙渍漬裂缝縫孔洞破损損伤傷凹凸斑锈鏽毛刺缺陷异異"
    "常正常错錯误誤脏髒断斷折弯彎变變形气氣泡图圖片照片像相册冊文件夹夾资資料夹夾建增新旧舊测測试試训訓练練集验驗证證样樣例例类類"
    "别別标標签籤数数據红红橙绿綠蓝藍紫灰黑白棕粉银銀圆圓方三角椭橢星左右上下前后后顶頂底男女老少儿童婴嬰车車汽卡船舟机機飞飛火"
    "桥橋楼樓房屋街道路灯燈窗墙牆桌椅床杯碗盘盤刀叉勺筷笔筆纸紙书书包鞋衣裤褲帽袜襪手脚腳眼耳鼻嘴牙骨血细細胞肿腫瘤病变健康"
    "写真画像動物植物鳥魚犬猫馬牛豚鶏羊桜梅竹松花葉木草良品不良汚傷欠錆割曲試料検査結果学習評価未分類赤青黄緑白黒茶紫丸四角星春夏"
    "秋冬朝昼夜晴雨雪雲山川海空家駅町村東西南北中左右内外表裏正誤有無新古長短高低大小上下前後海老蟹貝卵飯麺酒茶水果物野菜林檎葡萄"
)

_RUSSIAN: Final = _alphabet("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёъіїєґў")
_GREEK: Final = _alphabet("αοιετσνηυρπκμλωςγχθφβξζψίάόέήύώϊϋ")
_WESTERN: Final = _alphabet("éäüöèàáíóñçãßêåøæúâôîõëïûìòùðþœ", _IN_LATIN)
_CENTRAL: Final = _alphabet("áéíěšýžčřůúłąęóśćżńźőűöüäôťďňľĺŕâăîțșţşđ", _IN_LATIN)
_TURKISH: Final = _alphabet("ışğüöçâî", _IN_LATIN)
_BALTIC: Final = _alphabet("āīėšųžēķčūļņģįąęõäöü", _IN_LATIN)
_HEBREW: Final = _alphabet("יוהלרתבאםמשנעדקחפןגכטצזסךףץ")
_ARABIC: Final = _alphabet("اليمونرتبةعدسفهكقأحجشطصىخإذزثئضغءظؤآپچگکی")
_THAI: Final = _alphabet("านรกอเ่งยลม้วดทสตะปบคหแจพชขใไโผซณศถฟธภษญ์ิีื็ัูุำฐึฮ๊ฉฝฎฏฆฬฌฒฑฤๆ๋")

CODE_PAGES: Final = (
    # The more widespread come first; of one script, the OEM code page, which most programs for Windows write.
    CodePage("cp949", "Korean", "ko", _korean),
    CodePage("cp932", "Japanese", "ja", _japanese),
    CodePage("gbk", "simplified Chinese", "zh", _simplified),
    CodePage("big5", "traditional Chinese", "zh", _traditional),
    CodePage("cp866", "Cyrillic", "ru", _RUSSIAN),
    CodePage("cp1251", "Cyrillic", "ru", _RUSSIAN),
    CodePage("cp850", "Western", "en", _WESTERN, is_latin=True),
    CodePage("cp1252", "Western", "en", _WESTERN, is_latin=True),
    CodePage("cp852", "Central European", "pl", _CENTRAL, is_latin=True),
    CodePage("cp1250", "Central European", "pl", _CENTRAL, is_latin=True),
    CodePage("cp857", "Turkish", "tr", _TURKISH, is_latin=True),
    CodePage("cp1254", "Turkish", "tr", _TURKISH, is_latin=True),
    CodePage("cp775", "Baltic", "lt", _BALTIC, is_latin=True),
    CodePage("cp1257", "Baltic", "lt", _BALTIC, is_latin=True),
    CodePage("cp737", "Greek", "el", _GREEK),
    CodePage("cp1253", "Greek", "el", _GREEK),
    CodePage("cp862", "Hebrew", "he", _HEBREW),
    CodePage("cp1255", "Hebrew", "he", _HEBREW),
    CodePage("cp1256", "Arabic", "ar", _ARABIC),
    CodePage("cp874", "Thai", "th", _THAI),
)
