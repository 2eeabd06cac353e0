"""Exports of gateways and their stores: one row a call, read as one request. Pure.

A row is what a line of JSON, CSV or Parquet holds, by the names of the export. Only what a module here asks for by name
is read; whatever else stands in the row, above all prompts and answers, is never looked at. None of these exports lists
the attempts of a request, so none of them claims to.
"""
