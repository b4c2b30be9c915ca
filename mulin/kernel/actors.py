"""Who acts: built once a request from the session, the API token or the receipt, then passed down."""

from dataclasses import dataclass, field, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PostRef:
    """A role that a person holds at a place for a term, by their own post or as a deputy.

    `place` is a full or a sub-code (grid, building); `org` the organisation's id, if the post has one.
    """

    role: str
    place: str
    org: UUID | None = None
    post: UUID | None = None
    deputy: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """The one parameter that says who is asking.

    `account` is None for an anonymous person and for the system. `receipts` are the voices that the
    holder of a secret link may follow. `restricted_to` limits a token to some permissions.
    """

    account: UUID | None = None
    name: str = ""
    posts: tuple[PostRef, ...] = ()
    receipts: frozenset[UUID] = field(default_factory=frozenset)
    is_system: bool = False
    is_verified: bool = False
    restricted_to: frozenset[str] | None = None

    @property
    def is_anonymous(self) -> bool:
        return self.account is None and not self.is_system

    @property
    def is_staff(self) -> bool:
        """Holds a working post: sees the desk."""
        return bool(self.posts)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    @property
    def orgs(self) -> frozenset[UUID]:
        return frozenset(post.org for post in self.posts if post.org)

    def with_receipt(self, voice_id: UUID) -> "Actor":
        return replace(self, receipts=self.receipts | {voice_id})


SYSTEM = Actor(name="system", is_system=True)
ANONYMOUS = Actor()
