"""The method of equal shares a second time: fractions, one voter at a time, no shortcuts. Written apart from
the engine, for the property tests."""

from fractions import Fraction


def price(cost, backers, purse):
    """The money for one point at which the backers together pay the cost, or None. backers: {voter:
    points}."""
    if sum(purse[one] for one in backers) < cost:
        return None
    # The level lies where the sum of what all pay reaches the cost: try every voter as the last who gives
    # all.
    for stop in [Fraction(0), *sorted(Fraction(purse[one]) / backers[one] for one in backers)]:
        poor = [one for one in backers if purse[one] <= stop * backers[one]]
        rich = [one for one in backers if one not in poor]
        if not rich:
            return stop
        level = (cost - sum(purse[one] for one in poor)) / Fraction(sum(backers[one] for one in rich))
        if level >= stop and all(purse[one] >= level * backers[one] for one in rich):
            return level
    raise AssertionError("no level")


def equal_shares(share, costs, papers, worth, order):
    """Winners in order."""
    purse = [Fraction(share)] * len(papers)
    backers = {
        project: {voter: paper[project] for voter, paper in enumerate(papers) if paper.get(project)}
        for project in range(len(costs))
    }
    won = []
    while True:
        offers = []
        for project, cost in enumerate(costs):
            if project not in won and backers[project]:
                level = price(cost, backers[project], purse)
                if level is not None:
                    offers.append((level / worth[project], order.index(project), project, level))
        if not offers:
            return won
        _, _, project, level = min(offers)
        won.append(project)
        for voter, points in backers[project].items():
            purse[voter] -= min(purse[voter], level * points)


def add_one(budget, costs, papers, worth, order):
    """Raise every share by 1 from the whole part of the equal share, one by one."""
    share = Fraction(budget // len(papers))
    won, raised = equal_shares(share, costs, papers, worth, order), 0

    def spent(projects):
        return sum(costs[one] for one in projects)

    while True:
        if all(one in won or spent(won) + cost > budget for one, cost in enumerate(costs)):
            return won, raised
        if all(one in won for one in range(len(costs)) if any(paper.get(one) for paper in papers)):
            return won, raised
        more = equal_shares(share + raised + 1, costs, papers, worth, order)
        if spent(more) > budget:
            return won, raised
        won, raised = more, raised + 1
