"""Requests of a filter as a file: begun by a member, written by the worker in turns, fetched, forgotten after some days."""
