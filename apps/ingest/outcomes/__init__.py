"""Replay sets: outcomes of several models on the same prompts, which are named and never sent."""
