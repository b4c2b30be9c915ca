"""Killing, filling up and taking away: what an acknowledged answer is worth. `make chaos`, docs/resilience.md."""
