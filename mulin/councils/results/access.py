"""Who sees and changes what in this part. One condition for lists and for single records."""

from django.db.models import Q, QuerySet

from mulin.councils.results.models import Concern, Resolution, Work
from mulin.councils.topics.models import Topic
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target

FIND, OPTIONS = "councils.finding:write", "councils.option:manage"
ANSWER, RAISE, PROPOSE = "councils.concern:answer", "councils.concern:raise", "councils.option:propose"
VIEW, DRAFT, PUBLISH = "councils.resolution:view", "councils.resolution:manage", "councils.resolution:publish"
PLAN, REPORT = "councils.work:manage", "councils.work:report"
RATE, ENTER = "councils.rating:manage", "councils.rating:enter"
OWN = Fields(place="place", orgs="org")
OF_TOPIC = Fields(place="topic__place", orgs="topic__org")
OF_RESOLUTION = Fields(place="resolution__place", orgs="resolution__org")


def of_topic(topic: Topic) -> Target:
    """What a permission about something of a topic is asked for: its place and the group that runs it."""
    return Target(place=topic.place, orgs=frozenset({topic.org_id} if topic.org_id else ()))


def of_resolution(resolution: Resolution) -> Target:
    return Target(place=resolution.place, orgs=frozenset({resolution.org_id} if resolution.org_id else ()))


def planned_by(work: Work) -> Target:
    """For planning a work: the place, and the group that runs the topic or the resolution."""
    above = work.topic or work.resolution
    org = above.org_id if above else None
    return Target(place=work.place, orgs=frozenset({org} if org else ()))


def reported_by(work: Work) -> Target:
    """For reporting on a work: besides those, the unit that does it."""
    target = planned_by(work)
    return Target(place=target.place, orgs=target.orgs | ({work.org_id} if work.org_id else set()))


def topics_for(actor: Actor, permission: str) -> QuerySet[Topic]:
    """Topics in which the actor holds a permission. Ratings on paper are brought back by grid workers too,
    for the whole community that their grid lies in and for its street."""
    here = policy.visible(actor, permission, OWN)
    if permission == ENTER and here:  # an empty condition is everything already
        table = policy.table()[ENTER]
        posts = [post for post in actor.posts if "place" in table.get(post.role, ()) and post.place]
        here |= Q(place__in={place for post in posts for place in codes.parents(post.place)})
    return Topic.objects.filter(here)


def topic_for(actor: Actor, number: str, permission: str, *, lock: bool = False) -> Topic:
    """One of them, or NotVisible (404)."""
    rows = topics_for(actor, permission)
    topic = (rows.select_for_update() if lock else rows).filter(number=clean_number(number)).first()
    if topic is None:
        raise NotVisible(number)
    return topic


def public_topic(number: str) -> Topic:
    """A topic as everybody may see it, once it was announced; NotVisible (404) otherwise."""
    topic = Topic.objects.filter(number=clean_number(number)).exclude(state="draft").first()
    if topic is None or topic.announced_at is None:
        raise NotVisible(number)
    return topic


def resolutions_for(actor: Actor) -> QuerySet[Resolution]:
    """Resolutions that the actor sees at the desk, drafts too."""
    return Resolution.objects.filter(policy.visible(actor, VIEW, OWN))


def resolution_for(actor: Actor, number: str, *, lock: bool = False) -> Resolution:
    """One of them, or NotVisible (404)."""
    rows = resolutions_for(actor)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related("topic").filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def works_for(actor: Actor) -> QuerySet[Work]:
    """Works that the actor plans or reports on."""
    planned = policy.visible(actor, PLAN, OF_TOPIC) | policy.visible(actor, PLAN, OF_RESOLUTION)
    return Work.objects.filter(planned | policy.visible(actor, REPORT, OWN))


def work_for(actor: Actor, number: str, *, lock: bool = False) -> Work:
    """One of them, or NotVisible (404)."""
    rows = works_for(actor)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related("topic", "resolution", "org", "matter").filter(number=clean_number(number))
    work = found.first()
    if work is None:
        raise NotVisible(number)
    return work


def concern_for(actor: Actor, number: str, *, lock: bool = False) -> Concern:
    """An objection or a question that the actor may answer, or NotVisible (404)."""
    rows = Concern.objects.filter(policy.visible(actor, ANSWER, OF_TOPIC))
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related("topic", "joined_to").filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found
