"""Whose rosters there are, and what one line of each of them stands for. Pure."""

PERSON, HOUSEHOLD, UNIT = "person", "household", "unit"
LINES = {
    "owners": UNIT,
    "households": HOUSEHOLD,
    "courtyard": HOUSEHOLD,
    "residents": PERSON,
    "delegates": PERSON,
    "group_delegates": PERSON,
    "party_members": PERSON,
}
BODIES = tuple(LINES)
# Those that can be drafted from the households and the confirmed residents that are known.
FROM_PEOPLE = ("residents", "households", "courtyard")
HOME, PARKING, STALL = "home", "parking", "stall"
KINDS = (HOME, PARKING, STALL)
