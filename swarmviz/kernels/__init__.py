"""What compiled code is made of: blocks of agents, random numbers, noise, elementary functions, boundaries, diagnostics, and the cache."""
