"""Benchmarks: the product beside hand-written code for the same tables, in one run."""
