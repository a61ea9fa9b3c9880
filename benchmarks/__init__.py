"""Benchmarks, run from a checkout: each prints ratios that were measured in one process."""
