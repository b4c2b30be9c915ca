"""Who may run a topic and who sees it before it is announced. One condition for lists and for one of them."""

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.councils.topics import definition
from mulin.councils.topics.models import Topic
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor, PostRef
from mulin.kernel.errors import NotAllowed
from mulin.kernel.policy import Fields, Target

VIEW, MANAGE = "councils.topic:view", "councils.topic:manage"
FIELDS = Fields(place="place", orgs="org")


def target_of(topic: Topic) -> Target:
    """What a permission about a topic is asked for: its place and the group that runs it."""
    return Target(place=topic.place, orgs=frozenset({topic.org_id} if topic.org_id else ()))


def may_manage(actor: Actor, topic: Topic) -> bool:
    """Whether the actor may run this topic: prepare it, begin and end its steps."""
    return policy.can(actor, MANAGE, target_of(topic))


def may_view(actor: Actor, topic: Topic) -> bool:
    """Whether the actor sees it also while it is a draft, with everything that is not for residents."""
    return policy.can(actor, VIEW, target_of(topic))


def visible_q(actor: Actor) -> Q:
    """The condition for topics that the actor sees at the desk, drafts too."""
    return policy.visible(actor, VIEW, FIELDS)


def manageable_q(actor: Actor) -> Q:
    """The condition for topics that the actor may run."""
    return policy.visible(actor, MANAGE, FIELDS)


def require_manage(actor: Actor, topic: Topic) -> None:
    """Raise NotAllowed (403) unless the actor may run the topic."""
    policy.require(actor, MANAGE, target_of(topic))


def does_step(actor: Actor, topic: Topic, key: str) -> bool:
    """Whether the actor may begin and end this step: who runs the topic, and where the process names posts,
    only who holds one of them."""
    who = definition.spec_of(topic.definition, key).who
    if not may_manage(actor, topic):
        return False
    return (
        not who
        or actor.is_system
        or any(_holds_here(post, topic) for post in actor.posts if post.role in who)
    )


def _holds_here(post: PostRef, topic: Topic) -> bool:
    """Whether a post is one of the topic's place, or of the group that runs it: a post elsewhere does not
    count here."""
    if post.role == "group_leader":
        return post.org is not None and post.org == topic.org_id
    return bool(post.place) and codes.contains(post.place, topic.place)


def require_step(actor: Actor, topic: Topic, key: str) -> None:
    """The same; raises NotAllowed (403)."""
    require_manage(actor, topic)
    if not does_step(actor, topic, key):
        raise NotAllowed("not-your-step", _("这一步要由流程里写明的岗位来做。请联系他们。"))
