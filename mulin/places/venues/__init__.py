"""Rooms, halls, courts and stations: what there is, when it is open, what it is for."""
