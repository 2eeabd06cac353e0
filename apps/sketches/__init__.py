"""Mergeable quantile sketches over columns: logarithmic buckets with a relative error of at most one per cent."""
