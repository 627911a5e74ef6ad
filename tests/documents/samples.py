"""Sample sheets of companies that do not exist; their INN, OGRN and account keys are valid."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from billing.journal import Source
from billing.replay import Replay, ReplayedMonth, Side, TriedPlan
from contracts.money import Money
from contracts.policies import Alignment, IncludedPer, LapseRenewal, OverLimit, Purchase, Refund, RoundingScope
from contracts.renewal_choices import Renewable, RenewalChoice, TermPrice, renewal_choices
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.act import ActSheet
from documents.certificate import CertificateSheet, FreeMinutesSheet
from documents.contract import ContractSheet, HoursTerms, RenewalTerms, ServiceSheet
from documents.credit_note import Cancelled, CreditNoteSheet
from documents.entry_lines import DifferenceKind, DifferenceSheet, EntrySheet, PaidFrom, ShareSheet
from documents.invoice import InvoiceSheet
from documents.lines import LineKind, LineSheet, RateTotal, Unit
from documents.offer import ChoiceSheet, OfferSheet, PackageSheet
from documents.parties import BankSheet, ContractReference, PartySheet, RegistrationSheet
from documents.promotion import PromotionSheet
from documents.reconciliation import ReconciliationSheet, SettledSheet
from documents.replay import ReplaySheet
from documents.statement import BurnDownSheet, ForecastSheet, OverrideSheet, PoolSheet, StatementSheet
from entitlements.hours_facts import Parts
from entitlements.reasons import Reason
from entitlements.redecided import Redecided, Told
from entitlements.roll_forward import RollForward

OCTOBER = Term.calendar_month(date(2026, 10, 1))
HOUR_RATE = Money(270_000)

SELLER = PartySheet(
    name="ООО «Меридиан-Сервис»",
    full_name="Общество с ограниченной ответственностью «Меридиан-Сервис»",
    inn="7709123453",
    kpp="770901001",
    ogrn="1187746123454",
    address="109004, Москва, ул. Большие Каменщики, д. 9, помещ. 12",
    bank=BankSheet("ПАО «Северный кредит», г. Москва", "044525888", "40702810300000012345", "30101810300000000888"),
    signatory_name="Мартынюк Наталья Александровна",
    signatory_post="Генеральный директор",
    signatory_basis="Устава",
    signatory_phrase="в лице генерального директора Мартынюк Натальи Александровны, действующей на основании Устава",
    signatory_phrase_en="represented by its General Director Natalia Martyniuk, acting under the Charter",
    phone="+7 495 000-12-34",
    email="office@meridian.example",
)
CLIENT = PartySheet(
    name="ООО «Хлебозавод № 4»",
    full_name="Общество с ограниченной ответственностью «Хлебозавод № 4»",
    inn="5047012346",
    kpp="504701001",
    ogrn="1155047001230",
    address="141400, Московская обл., г. Химки, Ленинградское шоссе, д. 21",
    bank=BankSheet("АО «Пахра-банк», г. Химки", "044525777", "40702810600000054321", "30101810000000000777"),
    signatory_name="Дёмин Олег Викторович",
    signatory_post="Директор",
    signatory_basis="Устава",
    phone="+7 495 000-56-78",
    email="buh@hleb4.example",
)
SOLE_TRADER = PartySheet(
    name="ИП Щукина В. Ю.",
    full_name="Индивидуальный предприниматель Щукина Валерия Юрьевна",
    inn="500100732259",
    ogrn="304500116000157",
    address="143900, Московская обл., г. Балашиха, пр-т Ленина, д. 3, кв. 17",
    sole_trader=True,
    signatory_name="Щукина Валерия Юрьевна",
)
BERLIN = PartySheet(
    name="Nordlicht GmbH",
    full_name="Nordlicht Softwaregesellschaft mbH",
    inn="DE136695976",
    address="Torstraße 1",
    bank=BankSheet("Commerzbank AG", "COBADEFF", "DE89370400440532013000"),
    signatory_name="Dr. Jana Krüger",
    signatory_post="Geschäftsführerin",
    phone="+49301234567",
    email="billing@nordlicht.example",
    country="DE",
    postcode="10119",
    city="Berlin",
)
ALMATY = PartySheet(
    name="ТОО «Алатау-Софт»",
    inn="971240001315",
    address="пр. Абая, д. 10",
    bank=BankSheet("АО «Степной банк»", "KCJBKZKX", "KZ86125KZT5004100100"),
    country="KZ",
    postcode="050000",
    city="Алматы",
)
MINSK = PartySheet(name="ООО «Свислочь»", inn="200988541", country="BY", city="Минск")
PARIS = PartySheet(
    name="Atelier Lumière SARL",
    inn="FR40303265045",
    address="12 rue des Lilas",
    country="FR",
    postcode="75020",
    city="Paris",
)
CONTRACT = ContractReference("АБ-2026/118", date(2026, 3, 5))
REGISTRATIONS = (
    RegistrationSheet("800123456", "1С:Бухгалтерия 8 ПРОФ", "ООО «Хлебозавод № 4»"),
    RegistrationSheet("800654321", "1С:Зарплата и Управление Персоналом 8", "ООО «Хлебозавод № 4»"),
)

OVERRIDE = OverrideSheet(
    "Котова И. Л., руководитель отдела", "Срыв отгрузки, согласовано с директором", date(2026, 10, 30), "SD-1071"
)


def line(number: int = 1, **changes: object) -> LineSheet:
    """One line of 1 000.10 at 22 %, the one of rule M3."""
    plain = LineSheet(
        LineKind.OTHER,
        f"Настройка обмена № {number}",
        1,
        Unit.SERVICE,
        Money(100_010),
        22,
        Money(18_035),
        Money(100_010),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def lines(count: int) -> tuple[LineSheet, ...]:
    """That many lines; a single one is a year of subscription."""
    year = Term.of_months(date(2026, 4, 1), 12)
    price = Money(3_381_600)
    subscription = LineSheet(
        LineKind.SUBSCRIPTION, "1С:ИТС ПРОФ", 1, Unit.SERVICE, price, 22, price.share(22, 122), price, year
    )
    return (subscription, *(line(number) for number in range(2, count + 1)))


def invoice(count: int = 1, **changes: object) -> InvoiceSheet:
    """An invoice of `count` lines."""
    sheet = InvoiceSheet(
        "СЧ-2026/87", date(2026, 3, 5), SELLER, CLIENT, lines(count), TaxMode.GENERAL, CONTRACT, date(2026, 3, 13)
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


def act(count: int = 2, **changes: object) -> ActSheet:
    """The act of October 2026: overage and paid work of the worked month, then further lines."""
    amount = Money(67_500)
    charges = (
        LineSheet(LineKind.OVERAGE, "", 15, Unit.MINUTES, HOUR_RATE, 22, Money(12_172), amount, OCTOBER),
        LineSheet(LineKind.PAID_WORK, "", 15, Unit.MINUTES, HOUR_RATE, 22, Money(12_172), amount, OCTOBER),
    )
    more = tuple(line(number) for number in range(3, count + 1))
    sheet = ActSheet(
        "АКТ-2026/204",
        date(2026, 10, 31),
        OCTOBER,
        SELLER,
        CLIENT,
        CONTRACT,
        (*charges, *more)[:count],
        TaxMode.GENERAL,
        date(2026, 11, 12),
        "ОЧ-2026/311",
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


def entry(
    day: int, ticket: str, title: str, worked: int, billed: int, *shares: ShareSheet, **changes: object
) -> EntrySheet:
    """One entry of October 2026; without shares the included hours pay."""
    charged = sum(share.minutes for share in shares if share.paid_from in (PaidFrom.OVERAGE, PaidFrom.PAID))
    plain = EntrySheet(
        date(2026, 10, day),
        ticket,
        title,
        "Громова Е. П.",
        "Ильин А. С.",
        "web_form",
        worked,
        billed,
        shares or (ShareSheet(PaidFrom.INCLUDED, billed),),
        HOUR_RATE.for_minutes(charged),
        (DifferenceSheet(DifferenceKind.ROUNDING, 15),) if worked != billed else (),
        HOUR_RATE if charged else None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def worked_month() -> tuple[EntrySheet, ...]:
    """The four entries of October 2026 in the rule book."""
    bonus, included, overage, paid = PaidFrom.BONUS, PaidFrom.INCLUDED, PaidFrom.OVERAGE, PaidFrom.PAID
    return (
        entry(5, "SD-1042", "Не проводится поступление от поставщика", 10, 15, ShareSheet(bonus, 15)),
        entry(
            12, "SD-1057", "Сверка расчётов с бюджетом за III квартал", 50, 60,
            ShareSheet(bonus, 45), ShareSheet(included, 15),
        ),
        entry(
            20, "SD-1066", "Разовая консультация по отчёту в СФР", 7, 15, ShareSheet(paid, 15), channel="phone",
        ),
        entry(
            27, "SD-1071", "Выезд: замена фискального накопителя", 35, 60,
            ShareSheet(included, 45), ShareSheet(overage, 15),
            channel="phone", service="Выезд специалиста", differences=(DifferenceSheet(DifferenceKind.MINIMUM, 60),),
        ),
    )  # fmt: skip


BURNT_DOWN = (120,) * 4 + (105,) * 7 + (45,) * 15 + (0,) * 5

_TITLES = (
    "Не проводится поступление от поставщика",
    "Обновление конфигурации до последнего релиза и проверка печатных форм",
    "Расхождение в оборотно-сальдовой ведомости по счёту 60",
    "Настройка прав доступа для нового сотрудника",
    "Сверка расчётов с бюджетом",
    "Ошибка при загрузке выписки банка",
)


def entries(count: int) -> tuple[EntrySheet, ...]:
    """The worked month, then entries of half an hour paid as overage until there are `count`."""
    more = (
        entry(
            1 + number % 30,
            f"SD-{1100 + number}",
            _TITLES[number % len(_TITLES)],
            22,
            30,
            ShareSheet(PaidFrom.OVERAGE, 30),
        )
        for number in range(4, count)
    )
    return tuple(sorted((*worked_month(), *more)[:count], key=lambda one: one.worked_on))


def statement(count: int = 4, **changes: object) -> StatementSheet:
    """The statement of October 2026 with `count` entries."""
    chosen = changes.pop("entries", None) or entries(count)
    used = {kind: sum(one.minutes_from(kind) for one in chosen) for kind in PaidFrom}
    pools = tuple(
        PoolSheet(kind, 0, 60, 0, used[kind], 60 - used[kind], 0) for kind in (PaidFrom.BONUS, PaidFrom.INCLUDED)
    )
    vat = Money.total(one.amount.share(22, 122) for one in chosen)
    sheet = StatementSheet(
        number="ОЧ-2026/311",
        issued_on=date(2026, 11, 1),
        term=OCTOBER,
        seller=SELLER,
        client=CLIENT,
        contract=CONTRACT,
        plans=("1С:ИТС ПРОФ",),
        registrations=REGISTRATIONS,
        pools=pools,
        entries=chosen,
        by_rate=(RateTotal(22, vat, Money.total(one.amount for one in chosen)),),
        tax_mode=TaxMode.GENERAL,
        object_until_on=date(2026, 11, 12),
        overrides=(OVERRIDE,) if count > 1 else (),
        burn_down=BurnDownSheet(BURNT_DOWN, ForecastSheet(20, 120, date(2026, 11, 18))),
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


SERVICES = (
    ServiceSheet("Обновления программ"),
    ServiceSheet("Линия консультаций"),
    ServiceSheet("Диск 1С:ИТС"),
    ServiceSheet("Удалённая работа специалиста", draws_hours=True),
    ServiceSheet("Выезд специалиста", draws_hours=True, minimum_minutes=60),
)


def certificate(minutes: int = 0, **changes: object) -> CertificateSheet:
    """Three free months of a copy bought on 15.03.2026, with so many minutes in each."""
    term = Term.of_months(date(2026, 3, 15), 3)
    sheet = CertificateSheet(
        number="800123456",
        issued_on=date(2026, 3, 20),
        seller=SELLER,
        owner=CLIENT,
        registration=REGISTRATIONS[0],
        purchase=Purchase.BOX,
        plan="1С:ИТС ПРОФ",
        services=SERVICES,
        term=term,
        months=3,
        minutes=tuple(FreeMinutesSheet(month, minutes) for month in term.months()) if minutes else (),
        paid_from=term.ends_on,
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


PRICES = {
    1: (455_700, 549_300),
    3: (989_400, 1_187_100),
    6: (1_786_900, 2_144_000),
    12: (3_381_600, 4_057_200),
    24: (6_086_900, None),
}
"""The list prices of the base plan in kopecks: continuous, after a break."""


def offer(on: date = date(2027, 2, 15), grace_days: int = 0, **changes: object) -> OfferSheet:
    """The ways to renew the year of `contract` on a day."""
    year = Term.of_months(date(2026, 4, 1), 12)
    old = Renewable(year.ends_on, grace_days, LapseRenewal.NEW_START)
    listed = {
        months: TermPrice(Money(price), None if late is None else Money(late))
        for months, (price, late) in PRICES.items()
    }
    sheet = OfferSheet(
        number="АБ-2026-118-12-1",
        issued_on=on,
        valid_until=max(on, old.served_until),
        seller=SELLER,
        client=CLIENT,
        contract=CONTRACT,
        plan="1С:ИТС ПРОФ",
        registrations=REGISTRATIONS,
        term=year,
        served_until=old.served_until,
        choices=tuple(
            choice(one)
            for months, price in listed.items()
            for one in renewal_choices(old, price, months, Alignment.ANY_DAY, on)
        ),
        packages=(
            PackageSheet("hours-20", 1200, Money(6_175_000), Term.of_months(on, 12), 12),
            PackageSheet("hours-30", 1800, Money(9_067_500), Term.of_months(on, 12), 12),
        ),
        tax_mode=TaxMode.GENERAL,
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


def choice(one: RenewalChoice) -> ChoiceSheet:
    """A way to renew at 22 % VAT."""
    return ChoiceSheet(
        kind=one.kind,
        term_months=one.term_months,
        term=one.term,
        serves_from=one.serves_from,
        price=one.price,
        gap=one.gap,
        total=one.total,
        by_rate=(RateTotal(22, one.total.share(22, 122), one.total),),
        lost_days=one.lost_days,
        lost_money=one.lost_money,
        is_open=one.is_open,
    )


def contract(**changes: object) -> ContractSheet:
    """A year of the base plan."""
    price = Money(3_381_600)
    sheet = ContractSheet(
        number="АБ-2026/118",
        signed_on=date(2026, 3, 5),
        city="Москва",
        seller=SELLER,
        client=CLIENT,
        plan="1С:ИТС ПРОФ",
        registrations=REGISTRATIONS,
        services=SERVICES,
        term=Term.of_months(date(2026, 4, 1), 12),
        term_months=12,
        price=price,
        by_rate=(RateTotal(22, price.share(22, 122), price),),
        tax_mode=TaxMode.GENERAL,
        hours=HoursTerms(
            included_minutes=60,
            per=IncludedPer.SUBSCRIPTION_MONTH,
            quantum_minutes=15,
            minimum_minutes=15,
            scope=RoundingScope.ENTRY,
            over_limit=OverLimit.APPROVE,
            hour_rate=HOUR_RATE,
            overrun_percent=50,
        ),
        renewal=RenewalTerms(LapseRenewal.NEW_START, 30, Refund.UNUSED_MONTHS, Money(3_381_600), Money(4_057_200)),
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


def credit_note(count: int = 1, **changes: object) -> CreditNoteSheet:
    """Half a year of the base plan is given back."""
    sheet = CreditNoteSheet(
        number="2026-0003",
        issued_on=date(2026, 9, 10),
        seller=SELLER,
        client=CLIENT,
        contract=ContractReference("АБ-2026/118", date(2026, 3, 5)),
        invoice_number="2026-0214",
        invoice_issued_on=date(2026, 3, 5),
        cause=Cancelled(date(2026, 9, 30), Refund.UNUSED_MONTHS),
        lines=lines(count),
        tax_mode=TaxMode.GENERAL,
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


EIGHT_FOR_TWELVE = PromotionSheet("8+4", "8+4", 12, 8, Money(3_381_600), date(2027, 3, 31))


def promoted_offer() -> OfferSheet:
    """The offer with a year at the price of eight months beside the list prices."""
    plain = offer()
    [year] = [one for one in plain.open_choices if one.term_months == 12]
    price = Money(2_254_400)
    cheap = replace(
        year,
        price=price,
        total=price,
        by_rate=(RateTotal(22, price.share(22, 122), price),),
        promotion=EIGHT_FOR_TWELVE,
        saved=Money(1_127_200),
    )
    place = plain.choices.index(year) + 1
    return replace(plain, choices=(*plain.choices[:place], cheap, *plain.choices[place:]))


def promoted_contract() -> ContractSheet:
    """A year at the price of eight months."""
    price = Money(2_254_400)
    rates = (RateTotal(22, price.share(22, 122), price),)
    return contract(price=price, by_rate=rates, promotion=EIGHT_FOR_TWELVE)


def promoted_invoice() -> InvoiceSheet:
    """The invoice for it."""
    price = Money(2_254_400)
    [year] = lines(1)
    return invoice(lines=(replace(year, price=price, vat=price.share(22, 122), amount=price, promotion="8+4"),))


def late_offer() -> OfferSheet:
    """The offer a month after the end."""
    return offer(date(2027, 5, 1))


def replayed_side(billed: int, drawn: int, *, charged: Money | None, price: Money | None, refused: int = 0) -> Side:
    """A month of 60 included minutes, or of more, under one plan."""
    given = max(60, drawn)
    return Side(
        Parts(included_minutes=drawn, overage_minutes=billed - drawn),
        RollForward(0, given, drawn, given - drawn, 0, 0),
        charged,
        price,
        refused,
        awaiting=refused,
    )


def replay() -> ReplaySheet:
    """Two months under a plan with more hours, the second of them still open, and what the desk would have said."""
    held = replayed_side(150, 60, charged=Money(405_000), price=Money(281_800), refused=1)
    tried = replayed_side(180, 180, charged=Money(0), price=Money(400_000))
    unpriced = replayed_side(0, 0, charged=Money(0), price=None)
    asked_at = datetime(2026, 10, 12, 8, tzinfo=UTC)
    short, covered = Told(Reason.REQUEST_EXCEEDS_BALANCE, 15), Told(Reason.COVERED, 195)
    return ReplaySheet(
        issued_on=date(2026, 11, 20),
        seller=SELLER,
        client=CLIENT,
        held_plans=("1С:ИТС ПРОФ, версия 1",),
        tried_plan="Забота, версия 2",
        replay=Replay(
            client_id=1,
            seller_id=1,
            span=Term(OCTOBER.starts_on, date(2026, 12, 1)),
            trial=TriedPlan("care", 2, {"quantum_minutes": "30", "rounding_scope": "ticket"}, (1,)),
            months=(
                ReplayedMonth(OCTOBER, True, 102, held, tried),
                ReplayedMonth(
                    Term.calendar_month(date(2026, 11, 1)),
                    False,
                    0,
                    replayed_side(0, 0, charged=Money(0), price=Money(281_800)),
                    unpriced,
                ),
            ),
            answers=(
                Redecided("decision-1", asked_at, asked_at.date(), "SD-1042", short, covered),
                Redecided("decision-2", asked_at, asked_at.date(), "SD-1043", Told(Reason.COVERED, 15), covered),
            ),
            asked=7,
        ),
        tax_mode=TaxMode.GENERAL,
    )


def reconciliation(count: int = 3, opening: Money | None = None, **changes: object) -> ReconciliationSheet:
    """The summer's quarter with so many papers: every fourth is a credit note, every fifth a payment."""
    first, lines = date(2026, 7, 1), []
    for number in range(1, count + 1):
        amount, nothing = Money(300_000 + 12_345 * number), Money(0)
        taken = number % 4 == 0 or number % 5 == 0
        source = Source.CREDIT_NOTE if number % 4 == 0 else Source.PAYMENT if taken else Source.INVOICE
        sides = (nothing, amount) if taken else (amount, nothing)
        lines.append(SettledSheet(first + timedelta(days=number % 92), source, f"2026-{number:04}", *sides))
    opens = opening or Money(0)
    debit, credit = (Money.total(getattr(one, side) for one in lines) for side in ("debit", "credit"))
    sheet = ReconciliationSheet(
        number="2026-0007",
        issued_on=date(2026, 10, 5),
        span=Term(first, date(2026, 10, 1)),
        seller=SELLER,
        client=CLIENT,
        opening=opens,
        lines=tuple(lines),
        debit=debit,
        credit=credit,
        closing=opens + debit - credit,
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]
