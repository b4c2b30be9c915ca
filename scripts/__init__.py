"""Tools for working on Mulin itself; nothing here is part of the installed package."""
