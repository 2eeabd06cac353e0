"""Postgres and Valkey from wheels, as children of this process: for one machine, for tests, never for production."""
