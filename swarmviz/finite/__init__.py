"""What the dynamics on a finite set is made of: the set and its graph, the functions of 004, and how agents jump."""
