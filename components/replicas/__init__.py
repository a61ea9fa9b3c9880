"""Replicas of the visible run in the background: what they count and show."""
