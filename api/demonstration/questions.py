"""The desk's questions of the demonstration: they reach every reason that an answer can have today."""

from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session

from api.checking import question_text
from api.demonstration.stage import TODAY, moment
from contracts.policies import Channel
from contracts.support_lines import INTAKE, SELF_SERVICE
from documents.wording import decision_text
from documents.words import Language
from entitlements.answers import Decision, Question
from entitlements.decision_log import StoredDecision
from entitlements.desk import Asked, Caller, check, hold, stored


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about what, in the words of the desk."""

    words: str
    keys: dict[str, str | int]
    service: str | None = None
    minutes: int | None = None
    registration_number: str | None = None
    language: Language = Language.RU
    on: date = TODAY
    channel: Channel | None = None
    line: int = INTAKE
    feature: str | None = None
    takes: bool = False
    """Whether the use of a counted service is taken with the answer."""
    contact: tuple[str, ...] = ()


EN = Language.EN
ASKINGS = (
    Asking("Звонок с неизвестного ИНН", {"inn": "7799999997"}),
    Asking("Бухгалтер двух фирм, только телефон", {"phone": "8 (812) 000-11-14"}),
    Asking("Вектор: помогите с отчётом", {"external_id": "vector"}, "remote_work", 30),
    Asking("Новый век: обслуживание ещё не началось", {"external_id": "new-age"}, "remote_work", 30),
    Asking("Маяк: счёт не оплачен", {"external_id": "lighthouse"}, "remote_work", 60),
    Asking("Ива: договор ещё не подписан", {"external_id": "willow"}, "consultation_line", on=date(2026, 11, 2)),
    Asking("Хлебный двор: в феврале, после расторжения", {"external_id": "bakery"}, "updates", on=date(2027, 2, 10)),
    Asking("Воробьёв: подписка кончилась в сентябре", {"external_id": "sparrow"}, "call"),
    Asking("Причал: зарплата, которой нет в договоре", {"external_id": "pier"}, "call", 30, "800100402"),
    Asking("Хлебный двор: удалённая работа на ТЕХНО", {"external_id": "bakery"}, "remote_work", 60),
    Asking("Harbour Foods: an hour after the term", {"external_id": "harbour"}, "remote_work", 60, language=EN),
    Asking("Стежок: три часа из двух", {"external_id": "atelier"}, "remote_work", 180),
    Asking("Pine Tree: twelve hours at once", {"external_id": "pine-tree"}, "remote_work", 720, language=EN),
    Asking("Щукина: два часа при одном включённом", {"external_id": "shchukina"}, "remote_work", 120),
    Asking("Harbour Foods: only a question", {"external_id": "harbour"}, language=EN),
    Asking("Pine Tree: five hours of four", {"external_id": "pine-tree"}, "remote_work", 300, language=EN),
    Asking("Щукина: ровно час", {"external_id": "shchukina"}, "remote_work", 60),
    Asking("Азбука: подписка кончается 14 ноября", {"external_id": "print-shop"}, "remote_work", 30),
    Asking("Хлебный двор: оплачена часть", {"external_id": "bakery"}, "updates"),
    Asking("Новый век: в декабре, если не заплатит", {"external_id": "new-age"}, "call", on=date(2026, 12, 5)),
    Asking("Ива: звонит неизвестно кто", {"external_id": "willow"}, "consultation_line"),
    Asking(
        "Ива: реестр ещё не отвечал",
        {"external_id": "willow"},
        "consultation_line",
        contact=("olga@iva.example",),
    ),
    Asking(
        "Ива: в декабре, если не заплатит",
        {"external_id": "willow"},
        "consultation_line",
        on=date(2026, 12, 5),
        contact=("olga@iva.example",),
    ),
    Asking("Лесная сказка: программа у другого партнёра", {"external_id": "fairy-tale"}, "updates"),
    Asking(
        "Причал: отраслевая линия, пока базовый план стоит",
        {"external_id": "pier"},
        "vendor_line",
        on=date(2026, 12, 22),
    ),
    Asking("Хлебный двор: сообщение в мессенджер", {"external_id": "bakery"}, "updates", channel=Channel.MESSENGER),
    Asking("Хлебный двор: просят эксперта", {"external_id": "bakery"}, "consultation_line", line=3),
    Asking("Причал: первый вопрос аудитору", {"external_id": "pier"}, feature="auditor_question", takes=True),
    Asking("Причал: второй вопрос аудитору", {"external_id": "pier"}, feature="auditor_question", takes=True),
    Asking("Причал: третий вопрос аудитору за месяц", {"external_id": "pier"}, feature="auditor_question"),
    Asking("Хлебный двор: вопрос аудитору на ТЕХНО", {"external_id": "bakery"}, feature="auditor_question"),
    Asking("Вектор: сам ищет ответ на портале", {"external_id": "vector"}, "knowledge_base", line=SELF_SERVICE),
    Asking("Вектор: звонок, пока договор готовится", {"external_id": "vector"}, "call", 15, on=date(2026, 11, 5)),
    Asking("Ромашка: обычное обращение", {"inn": "7799116056"}, "remote_work", 30),
    Asking("Ромашка: пишет новый сотрудник", {"email": "olga@romashka.example"}, "remote_work", 30),
    Asking("Pine Tree: a visit", {"external_id": "pine-tree"}, "visit", 45, language=EN),
    Asking("Каменный цветок: после апгрейда", {"external_id": "stone-flower"}, "consultation_line"),
    Asking("Северный мёд: базовая версия", {"external_id": "honey"}, "consultation_line"),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer."""

    asking: Asking
    decision: Decision

    @property
    def sentence(self) -> str:
        """What the desk says to the caller."""
        return decision_text(self.decision, self.asking.language)


def ask_everything(session: Session) -> list[Answered]:
    """Every question, its answer stored as any other."""
    return [ask(session, asking) for asking in ASKINGS]


def ask(session: Session, asking: Asking) -> Answered:
    """One question; its id follows from its words, so that the play is the same each time."""
    question = Question(
        moment(asking.on, "11:00"),
        asking.registration_number,
        asking.service,
        asking.minutes,
        asking.line,
        channel=asking.channel,
        feature=asking.feature,
        contact=asking.contact,
    )
    words = question_text({"client": asking.keys, "question": question})
    asked = Asked(str(uuid5(NAMESPACE_URL, asking.words)), "demo", moment(TODAY, "11:00"), "", words)
    if asking.takes:
        return Answered(asking, hold(session, Caller(asking.keys), question, asked)[0])
    decision = check(session, Caller(asking.keys), question)
    session.add(StoredDecision(**stored(decision, asked)))
    return Answered(asking, decision)
