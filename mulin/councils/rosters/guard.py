"""A frozen roster does not change: neither through a record's `save`, nor through a queryset.

This stops mistakes of the program. Who changes the database by hand is found out: the digest of every frozen
roster stands in the hash chain of the journal, and counting compares it first (`queries.require_intact`).
"""

from typing import Any

from django.db import models


class FrozenError(Exception):
    """The program tried to change a frozen roster."""


# How to find the roster of a record.
_STATE = {"Roster": "state", "OwnerPerson": "roster__state", "RosterEntry": "roster__state"}
_STATE["Ownership"] = "entry__roster__state"


def _frozen(model: type[models.Model], **condition: Any) -> bool:
    found = model._base_manager.filter(**{_STATE[model.__name__]: "frozen"}, **condition)
    return found.exists()


class FrozenQuerySet(models.QuerySet):
    """Refuses to change what belongs to frozen rosters, in bulk as well."""

    def _refuse(self, names: Any = None) -> None:
        content = set(self.model.CONTENT) | {name.removesuffix("_id") for name in self.model.CONTENT}
        if names is not None and not content & set(names):
            return
        if self.model._base_manager.filter(
            pk__in=self.order_by().values("pk"), **{_STATE[self.model.__name__]: "frozen"}
        ).exists():
            raise FrozenError(f"{self.model.__name__} of a frozen roster")

    def update(self, **fields: Any) -> int:
        self._refuse(fields)
        return super().update(**fields)

    def delete(self) -> Any:
        self._refuse()
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        for roster in {one.roster_of() for one in objs} - {None}:
            _refuse_roster(roster)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> int:
        objs = list(objs)
        content = set(self.model.CONTENT) | {name.removesuffix("_id") for name in self.model.CONTENT}
        if content & set(fields):
            for roster in {one.roster_of() for one in objs} - {None}:
                _refuse_roster(roster)
        return super().bulk_update(objs, fields, *args, **kwargs)


FrozenManager = models.Manager.from_queryset(FrozenQuerySet)


def _refuse_roster(roster: Any) -> None:
    from mulin.councils.rosters.models import Roster

    if Roster._base_manager.filter(pk=roster, state="frozen").exists():
        raise FrozenError(f"roster {roster} is frozen")


class Frozen(models.Model):
    """Base of the records that make up a roster; CONTENT names what freezing fixes."""

    CONTENT: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def roster_of(self) -> Any:
        """The id of the roster that it belongs to; None for the roster itself, which is made unfrozen."""
        if hasattr(self, "roster_id"):
            return self.roster_id
        return self.entry.roster_id if hasattr(self, "entry_id") else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            if roster := self.roster_of():
                _refuse_roster(roster)
        else:
            self._check_unchanged()
        super().save(*args, **kwargs)

    def _check_unchanged(self) -> None:
        rows = type(self)._base_manager.filter(pk=self.pk, **{_STATE[type(self).__name__]: "frozen"})
        before = rows.values(*self.CONTENT).first()
        if before and any(getattr(self, name) != value for name, value in before.items()):
            raise FrozenError(f"{type(self).__name__} of a frozen roster")
        if before and getattr(self, "state", "frozen") != "frozen":
            raise FrozenError("a frozen roster is never thawed")

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if _frozen(type(self), pk=self.pk):
            raise FrozenError(f"{type(self).__name__} of a frozen roster")
        return super().delete(*args, **kwargs)
