"""Statement files as banks make them: 1CClientBankExchange and camt.053, whole or wrong in one place."""

from typing import Any

OURS = "40702810438000060473"
THEIRS = "40702810900000000001"
IBAN, PAYER_IBAN = "DE89370400440532013000", "FR1420041010050500013M02606"

Values = dict[str, str | None]


def document(**changes: str | None) -> Values:
    """One document, 118 of 05.10.2026 over 33 816.00 to our account; a value of none is left out."""
    values: Values = {
        "Номер": "118",
        "Дата": "05.10.2026",
        "Сумма": "33816.00",
        "ПлательщикСчет": THEIRS,
        "Плательщик": "ИНН 7707083893 ООО «Ромашка»",
        "ПлательщикИНН": "7707083893",
        "ПлательщикКПП": "770901001",
        "Плательщик1": "ООО «Ромашка»",
        "ПолучательСчет": OURS,
        "ДатаПоступило": "06.10.2026",
        "НазначениеПлатежа": "Оплата по счету № 2026-0001 от 01.10.2026, в т.ч. НДС 22 %",
    }
    return values | changes


def exchange(*documents: Values, encoding: str = "cp1251", said: str = "Windows", end: str = "\r\n") -> bytes:
    """A file of these documents, in an encoding that it may lie about."""
    lines = ["1CClientBankExchange", "ВерсияФормата=1.03", f"Кодировка={said}", "Отправитель=Банк", f"РасчСчет={OURS}"]
    lines += ["СекцияРасчСчет", "ДатаНачала=01.10.2026", f"РасчСчет={OURS}", "КонецРасчСчет"]
    for values in documents:
        lines += ["СекцияДокумент=Платежное поручение"]
        lines += [f"{name}={value}" for name, value in values.items() if value is not None]
        lines += ["КонецДокумента"]
    return end.join([*lines, "КонецФайла", ""]).encode(encoding)


def detail(
    amount: str = "", name: str = "ACME GmbH", ref: str = "E2E-1", words: str = "", version: str = "08", way: str = ""
) -> str:
    """One payment of an entry; of a batch it may say that it came or went by itself."""
    party = f"<Pty><Nm>{name}</Nm></Pty>" if version == "08" else f"<Nm>{name}</Nm>"
    bare = f'<Amt Ccy="EUR">{amount}</Amt>'
    told = bare if version == "08" else f"<AmtDtls><TxAmt>{bare}</TxAmt></AmtDtls>"
    return (
        f"<TxDtls><Refs><EndToEndId>{ref}</EndToEndId></Refs>{told if amount else ''}"
        f"{f'<CdtDbtInd>{way}</CdtDbtInd>' if way else ''}"
        f"<RltdPties><Dbtr>{party}</Dbtr><DbtrAcct><Id><IBAN>{PAYER_IBAN}</IBAN></Id></DbtrAcct></RltdPties>"
        f"{f'<RmtInf><Ustrd>{words}</Ustrd></RmtInf>' if words else ''}</TxDtls>"
    )


def entry(amount: str, *details: str, **changes: Any) -> str:
    """One entry of a statement, booked on 06.10.2026."""
    told = {"way": "CRDT", "reversal": "", "status": "<Cd>BOOK</Cd>", "currency": "EUR", "ref": "", "day": "2026-10-06"}
    told |= changes
    reversal = f"<RvslInd>{told['reversal']}</RvslInd>" if told["reversal"] else ""
    ref = f"<AcctSvcrRef>{told['ref']}</AcctSvcrRef>" if told["ref"] else ""
    return (
        f'<Ntry><Amt Ccy="{told["currency"]}">{amount}</Amt><CdtDbtInd>{told["way"]}</CdtDbtInd>{reversal}'
        f"<Sts>{told['status']}</Sts><BookgDt><Dt>{told['day']}</Dt></BookgDt>{ref}"
        f"<NtryDtls>{''.join(details)}</NtryDtls></Ntry>"
    )


def camt(*entries: str, version: str = "08", account: str = IBAN, prefix: str = "") -> bytes:
    """A statement of these entries, one a line from line 4 on."""
    colon = f":{prefix}" if prefix else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Document xmlns{colon}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>',
        f"<Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id></Acct>",
        *entries,
        "</Stmt></BkToCstmrStmt></Document>",
    ]
    text = "\n".join(lines)
    if prefix:
        head, body = text.split("\n", 1)
        text = head + "\n" + body.replace("<", f"<{prefix}:").replace(f"<{prefix}:/", f"</{prefix}:")
    return text.encode()
