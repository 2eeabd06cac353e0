import gzip
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest import coding
from apps.ingest.refusals import PostError

Pack = Callable[[bytes], bytes]
CAP = 1_000_000
TEXT = b'{"request_id":"r"}\n' * 2_000


def refusal(body: bytes, encoding: str, cap: int = CAP) -> PostError:
    with pytest.raises(PostError) as caught:
        coding.decode(body, encoding, max_bytes=cap)
    return caught.value


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@given(st.binary(max_size=5_000), st.sampled_from(["gzip", "zstd", "identity", "", " GZIP "]))
def test_it_returns_what_was_packed(data: bytes, encoding: str) -> None:
    packs: dict[str, Pack] = {"gzip": gzip.compress, "zstd": zstd}
    pack = packs.get(encoding.strip().lower(), bytes)
    assert coding.decode(pack(data), encoding, max_bytes=CAP) == data


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("cut", [1, 4, 8, 9, 100])
def test_it_refuses_a_body_that_was_cut_off(pack: Pack, cut: int) -> None:
    body = pack(bytes(range(256)) * 50)
    assert refusal(body[:-cut], "gzip" if pack is gzip.compress else "zstd").code == "bad_encoding"


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("tail", [b"x", b"\0" * 10_000, b""], ids=["garbage", "zeros", "a second member"])
def test_it_refuses_what_follows_the_end(pack: Pack, tail: bytes) -> None:
    body = pack(TEXT)
    refused = refusal(body + (tail or body), "gzip" if pack is gzip.compress else "zstd")
    assert (refused.status, refused.code) == (400, "bad_encoding")


def test_it_refuses_a_gzip_body_whose_checksum_is_wrong() -> None:
    body = bytearray(gzip.compress(TEXT))
    body[-6] ^= 1
    assert refusal(bytes(body), "gzip").code == "bad_encoding"


def test_it_refuses_an_empty_body_under_a_coding() -> None:
    assert refusal(b"", "gzip").code == refusal(b"", "zstd").code == "bad_encoding"


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_it_stops_at_the_cap_and_not_one_byte_before(pack: Pack) -> None:
    encoding = "gzip" if pack is gzip.compress else "zstd"
    assert coding.decode(pack(b"a" * CAP), encoding, max_bytes=CAP) == b"a" * CAP
    refused = refusal(pack(b"a" * (CAP + 1)), encoding)
    assert (refused.status, refused.details) == (413, {"limits": {"max_bytes": CAP}})


def test_it_refuses_a_zstd_window_that_would_take_memory() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    assert refusal(packer.compress(TEXT * 10) + packer.flush(), "zstd", cap=10 * CAP).code == "bad_encoding"


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "gzip,zstd", "compress", "gzip;q=1"])
def test_it_names_what_it_supports_when_a_coding_is_unknown(encoding: str) -> None:
    refused = refusal(zlib.compress(TEXT), encoding)
    assert (refused.status, refused.code) == (415, "unsupported_encoding")
    assert refused.details["supported"] == ["gzip", "zstd", "identity"]
