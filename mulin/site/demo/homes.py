"""Who lives behind which door: residents asked to be confirmed, and the clerk confirmed them."""

from mulin.people import actions as people
from mulin.people.models import Account, Residence
from mulin.site.demo.places import HOME


def settle(street) -> None:
    """Confirm the demo's residents of the home community, one home each, spread over its buildings."""
    clerk = street.actor("clerk")
    buildings = street.buildings[HOME]
    everybody = [street.resident("resident"), *street.people.residents[HOME]]
    for n, account in enumerate(everybody):
        if Residence.objects.filter(account=account).exists():
            continue
        building = buildings[n % len(buildings)]
        asked = people.ask_residence(
            actor=street.actor_of(account), building=building.code, door=_door(n // len(buildings), n)
        )
        people.decide_residence(actor=clerk, residence_id=asked.pk, accept=True)
        _again(street, account)


def _door(stair: int, n: int) -> str:
    return f"{stair + 1}单元{n % 5 + 1}-{n % 2 + 1}"


def _again(street, account: Account) -> None:
    street.new_actor_of(account)
