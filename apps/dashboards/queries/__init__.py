"""Reads that only pages need: raw facts as they came in. Sums are the rollups', places the benchmark's."""
