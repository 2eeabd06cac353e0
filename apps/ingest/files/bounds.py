"""How much a file may be, and how much of it is held at once."""

MEBIBYTE = 1 << 20

CHUNK = MEBIBYTE
"""Read at once."""
LONGEST_ROW = 16 * MEBIBYTE
"""Of a line, of an item of an array, or of a field of a table. Longer ones are passed over or stop the file."""
MOST_INFLATED = 64 << 30
MOST_RATIO = 400
"""What a byte may unpack to, in all; logs of requests come to 5 to 60."""
RATIO_FROM = 64 * MEBIBYTE
"""Below it no ratio is a bomb."""
ZSTD_WINDOW = 32 * MEBIBYTE
ZSTD_STEP = 2_048
"""Bytes fed at once: a zstd block of 4 bytes may stand for 128 KiB, so that of a bomb 64 MiB come out before it is told."""
ROWS_AT_ONCE = 1_000
"""Rows of one transaction."""
PARQUET_ROWS = 10_000
"""Rows of a column file that are unpacked at once."""
MOST_COLUMNS = 2_000
MOST_FAULTS = 10_000
"""Rows that are named in the report of an import; the others are counted."""
HEAD = 2 * MEBIBYTE
"""Looked at to tell what a file is."""
