"""What the benchmark may disclose: protection against differencing, as pure functions (no Django, no database).

Not differential privacy, and never called so. The unit is the organization, weight one. The way of a figure is
gates > votes > peers > quantiles > table > view > verdict, one module each.
"""
