"""What tests of every module share: a small world and the people in it (`cast.py`)."""
