"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

public: list = []
desk: list = []
