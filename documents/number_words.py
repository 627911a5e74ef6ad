"""Reading amounts in words back into figures, by other means than those that wrote them (E4)."""

_RU = "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать"
_RU += " пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
_RU_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
_RU_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_EN += " eighteen nineteen"
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

VALUES = {word: value for words in (_RU, _EN) for value, word in enumerate(words.split())}
VALUES |= {word: 10 * value for words in (_RU_TENS, _EN_TENS) for value, word in enumerate(words.split(), 2)}
VALUES |= {word: 100 * value for value, word in enumerate(_RU_HUNDREDS.split(), 1)}
VALUES |= {"одна": 1, "одно": 1, "две": 2}
SCALES = {"тысяч": 10**3, "миллион": 10**6, "миллиард": 10**9, "триллион": 10**12}
SCALES |= {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def read_amount(words: str) -> int:
    """The minor units that "Одна тысяча один рубль 00 копеек" or its English says; words of other kinds count nothing.

    Raises ValueError when the words name no minor units, which are always in two digits (P4).
    """
    whole = group = 0
    sign = 1
    for word in words.lower().replace(",", " ").replace("-", " ").split():
        if word.isdecimal():
            return sign * (100 * (whole + group) + int(word))
        scale = next((SCALES[stem] for stem in (word, word[:-1], word[:-2]) if stem in SCALES), None)
        if scale is not None:
            whole, group = whole + max(group, 1) * scale, 0
        elif word == "hundred":
            group *= 100
        elif word in ("минус", "minus"):
            sign = -1
        else:
            group += VALUES.get(word, 0)
    raise ValueError(f"no minor units in {words!r}")
