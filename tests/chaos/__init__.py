"""Killing, filling up, taking away: what an acknowledged answer is worth. See docs/resilience.md."""
