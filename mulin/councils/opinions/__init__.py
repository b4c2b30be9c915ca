"""The engine of opinions: pure, numpy and scipy alone. Pure. See the module's README.

votes = from_rows([(person, statement, 1), …], known=all_ids, left_out=rejected_ids)
opinion_map = make_map(votes, memory=last.memory)
findings = find(votes, opinion_map)
weights = statement_weights(votes, opinion_map)
next_statements(weights, seen={…}, random=Random())
"""

from mulin.councils.opinions.bubbles import Bubble, bubbles_of
from mulin.councils.opinions.findings import Findings, find
from mulin.councils.opinions.mapping import BLURRED, CLEAR, NONE, Memory, OpinionMap, make_map
from mulin.councils.opinions.routing import next_statements, statement_weights
from mulin.councils.opinions.votes import AGREE, DISAGREE, PASS, Votes, from_arrays, from_rows, read_csv

__all__ = [
    "AGREE",
    "BLURRED",
    "CLEAR",
    "DISAGREE",
    "NONE",
    "PASS",
    "Bubble",
    "Findings",
    "Memory",
    "OpinionMap",
    "Votes",
    "bubbles_of",
    "find",
    "from_arrays",
    "from_rows",
    "make_map",
    "next_statements",
    "read_csv",
    "statement_weights",
]
