"""Journeys of real people in a real browser against a real server."""
