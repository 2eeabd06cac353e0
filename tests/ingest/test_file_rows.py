"""Reading files: every format, packed in every way, whole and from any place on; and files that mean harm."""

import gzip
import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard

from apps.ingest.files import bounds
from apps.ingest.files.faults import FileFault
from apps.ingest.files.rows import Row, column_names, rows_of
from apps.ingest.files.shape import Shape, shape_of

ROWS = [{"id": f"r{n}", "note": f'a "quoted", [odd] {{text}}\n{n}' + "ü" * n, "n": str(n)} for n in range(40)]
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def ndjson(rows: list[dict[str, Any]]) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows) + b"\n"


def table(rows: list[dict[str, Any]]) -> bytes:
    return pl.DataFrame(rows).write_csv().encode()


def parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out, row_group_size=7)
    return out.getvalue()


WRITE: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "ndjson": ndjson,
    "json": lambda rows: json.dumps(rows, indent=1).encode(),
    "wrapped": lambda rows: json.dumps({"meta": {"page": 1}, "data": rows, "more": []}).encode(),
    "csv": table,
}


def file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(data)
    return path


def shaped(path: Path) -> Shape:
    with path.open("rb") as opened:
        return shape_of(opened)


def read(path: Path, *, begin: int = 0) -> list[Row]:
    return list(rows_of(path, shaped(path), begin=begin))


def fault_of(path: Path) -> str:
    with pytest.raises(FileFault) as stopped:
        read(path)
    return stopped.value.code


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("format_", WRITE)
def test_every_format_is_read_whole_and_on_from_any_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str, packing: str
) -> None:
    monkeypatch.setattr(bounds, "CHUNK", 97)
    path = file(tmp_path, PACK[packing](WRITE[format_](ROWS)))
    assert shaped(path) == Shape(packing, "json" if format_ == "wrapped" else format_)  # type: ignore[arg-type]
    assert column_names(path, shaped(path)) == ("id", "note", "n")
    found = read(path)
    assert [row.values for row in found] == ROWS
    for place in (0, 1, 17, 38, 39):
        assert read(path, begin=found[place].end) == found[place + 1 :]


def test_parquet_is_read_in_steps_without_its_columns_of_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PARQUET_ROWS", 9)
    path = file(tmp_path, parquet([row | {"messages": "secret"} for row in ROWS]))
    assert [row.values for row in read(path)] == ROWS
    assert [row.values for row in read(path, begin=33)] == ROWS[33:]


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_members_that_follow_each_other_are_one_file(tmp_path: Path, packing: str) -> None:
    path = file(tmp_path, PACK[packing](ndjson(ROWS[:5])) + PACK[packing](ndjson(ROWS[5:])))
    assert [row.values for row in read(path)] == ROWS


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
@pytest.mark.parametrize("kept", [0.4, 0.99])
def test_a_packed_file_that_was_cut_off_is_told_from_a_whole_one(tmp_path: Path, packing: str, kept: float) -> None:
    data = PACK[packing](ndjson(ROWS * 50))
    path = file(tmp_path, data[: int(len(data) * kept)])
    assert fault_of(path) == "bad_packing"


def test_a_packed_file_that_is_corrupt_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(ndjson(ROWS)))
    data[60] ^= 0xFF
    assert fault_of(file(tmp_path, bytes(data))) == "bad_packing"


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_bomb_goes_off_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str) -> None:
    monkeypatch.setattr(bounds, "RATIO_FROM", bounds.MEBIBYTE)
    path = file(tmp_path, PACK[packing](b"x,y\n" + b"0" * (24 * bounds.MEBIBYTE)))
    assert fault_of(path) == "too_compressed"


def test_a_line_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LONGEST_ROW", 500)
    monkeypatch.setattr(bounds, "CHUNK", 64)
    long = b'{"id": "' + b"x" * 3_000 + b'"}\n'
    found = read(file(tmp_path, ndjson(ROWS[:3]) + long + ndjson(ROWS[3:6])))
    assert [row.values for row in found] == [*ROWS[:3], None, *ROWS[3:6]]
    assert found[3].why is not None
    assert found[3].why.code == "row_too_long"


def test_an_item_too_long_stops_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LONGEST_ROW", 500)
    monkeypatch.setattr(bounds, "CHUNK", 64)
    assert fault_of(file(tmp_path, json.dumps([ROWS[0], {"id": "x" * 3_000}]).encode())) == "row_too_long"


def test_one_broken_row_costs_no_other(tmp_path: Path) -> None:
    lines = ndjson(ROWS[:1]) + b'{"id": NaN}\n{"a": "\xff"}\n[1]\n{"half": \n' + ndjson(ROWS[1:2])
    assert [row.why.code if row.why else "" for row in read(file(tmp_path, lines))] == [
        "",
        "invalid_json",
        "invalid_encoding",
        "invalid_type",
        "invalid_json",
        "",
    ]
    document = b'[{"id": "a"}, {"id": Infinity}, 7, {"id": "b"}]'
    assert [row.why.code if row.why else "" for row in read(file(tmp_path, document))] == [
        "",
        "invalid_json",
        "invalid_type",
        "",
    ]


def test_rows_of_a_table_that_do_not_fit_are_named(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbfid;n\r\na;1\r\nb\r\nc;2;3\r\nd\xe9;4\r\n\r\n"e\nf";5\r\n'
    found = read(file(tmp_path, data))
    assert [row.why.code if row.why else row.values for row in found] == [
        {"id": "a", "n": "1"},
        "wrong_columns",
        "wrong_columns",
        "invalid_encoding",
        {"id": "e\nf", "n": "5"},
    ]


def test_a_quote_that_is_never_closed_does_not_take_the_file_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import csv

    before = csv.field_size_limit(10_000)
    try:
        found = read(file(tmp_path, b'id,n\n"open,1\n' + b"a,1\n" * 20_000))
    finally:
        csv.field_size_limit(before)
    assert found[0].why is not None
    assert found[0].why.code == "row_too_long"
    assert sum(row.values == {"id": "a", "n": "1"} for row in found) > 10_000


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04abc", "unknown_format"),
        (b"BZh91AY", "unknown_format"),
        (b"\x7fELF\x00\x00", "unknown_format"),
        ("id,n\na,1\n".encode("utf-16"), "unknown_format"),
        ("idé,n\na,1\n".encode("latin-1"), "wrong_encoding"),
        (b"id,id\n1,2\n", "no_table"),
        (b",\n1,2\n", "no_table"),
        (b"PAR1 and nothing else", "bad_parquet"),
        (b'{\n"a": 1\n}', "no_rows"),
        (b"[" * 5_000, "too_deep"),
        (b'[{"id": "a"}, {"id": ', "cut_off"),
        (b"\x1f\x8b", "bad_packing"),
        (zlib.compress(b"x"), "unknown_format"),
    ],
    ids=range(15),
)
def test_what_is_no_file_of_rows_is_refused_with_what_to_do(tmp_path: Path, data: bytes, code: str) -> None:
    assert fault_of(file(tmp_path, data)) == code
