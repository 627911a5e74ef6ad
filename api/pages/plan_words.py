"""The settings of a plan in plain words: what each is called, and what its value means."""

from datetime import date

from api.pages.plan_form import KINDS
from api.pages.wording import say
from contracts.money import Money
from documents.words import Language, day_in_figures, hours_in_words, price

NOTHING = "—"


def setting_name(setting: str, language: Language) -> str:
    """What a setting is called: "services.visit.minimum_minutes" by its parts."""
    first, *rest = setting.split(".")
    if not rest:
        return say(f"plan.{first}", language)
    what = [say(f"plan.{first}", language), rest[0]]
    return " · ".join([*what, *(say(f"plan.{first}_{name}", language) for name in rest[1:])])


def setting_value(setting: str, value: str | None, currency: str, language: Language) -> str:
    """What a value of it means."""
    if value is None or value == "":
        return NOTHING
    last = setting.rpartition(".")[2]
    kind = KINDS.get(setting, "")
    if value in ("True", "False"):
        return say("plan.yes" if value == "True" else "plan.no", language)
    if value == "on sale":
        return say("plan.on_sale", language)
    if kind == "choice":
        return say(f"plan.{setting}_{value}", language)
    if setting == "channels":
        return ", ".join(say(f"plan.channel_{one}", language) for one in value.split())
    if kind == "day":
        return day_in_figures(date.fromisoformat(value))
    if kind == "hours" or last in ("respond_minutes", "resolve_minutes"):
        return hours_in_words(int(value), language)
    if last in ("price", "after_break", "overage_rate"):
        return price(Money.parse(value, currency), language)
    return value
