"""Lessons on the page: the list of them, and one that is read step by step beside the swarm that it is about."""
