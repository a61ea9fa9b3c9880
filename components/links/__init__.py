"""Links: how a visit is written into an address, and read from one."""
