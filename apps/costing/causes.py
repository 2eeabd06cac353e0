"""Why an attempt failed, as a small closed set, from its status and its error type."""

import polars as pl

OK = "ok"
REJECTED = "rejected"
UNAUTHORIZED = "unauthorized"
RATE_LIMITED = "rate_limited"
CONNECTION = "connection"
TIMEOUT = "timeout"
CLIENT_CLOSED = "client_closed"
SERVER_ERROR = "server_error"
CUT = "cut"
OTHER = "other"

BEFORE_GENERATION = (REJECTED, UNAUTHORIZED, RATE_LIMITED, CONNECTION)
"""Nothing was generated, so nothing is billed. Every other failure may have generated."""

_OF_STATUS = {
    **dict.fromkeys((400, 404, 413, 422), REJECTED),
    **dict.fromkeys((401, 403), UNAUTHORIZED),
    429: RATE_LIMITED,
    408: TIMEOUT,
    499: CLIENT_CLOSED,
}
_OF_NAME = {
    "badrequesterror": REJECTED,
    "notfounderror": REJECTED,
    "invalidrequesterror": REJECTED,
    "unprocessableentityerror": REJECTED,
    "requesttoolargeerror": REJECTED,
    "contextwindowexceedederror": REJECTED,
    "authenticationerror": UNAUTHORIZED,
    "permissiondeniederror": UNAUTHORIZED,
    "ratelimiterror": RATE_LIMITED,
    "rate_limit": RATE_LIMITED,
    "rate_limit_exceeded": RATE_LIMITED,
    "connection_error": CONNECTION,
    "connecterror": CONNECTION,
    "connecttimeout": CONNECTION,
    "connectionrefusederror": CONNECTION,
    "timeout": TIMEOUT,
    "timeouterror": TIMEOUT,
    "apitimeouterror": TIMEOUT,
    "readtimeout": TIMEOUT,
    "cancellederror": CLIENT_CLOSED,
    "cut": CUT,
    "internalservererror": SERVER_ERROR,
    "serviceunavailableerror": SERVER_ERROR,
    "overloadederror": SERVER_ERROR,
    "badgatewayerror": SERVER_ERROR,
    "gatewaytimeouterror": SERVER_ERROR,
}
"""Names of error types and of the exception classes of the common client libraries, whose statuses are documented. A
class that can also be raised in the midst of an answer, such as APIConnectionError, is not among the free ones."""


def answered() -> pl.Expr:
    """Whether the provider answered, as far as status and error type tell."""
    return pl.col("error_type").is_null() & (pl.col("status").is_null() | (pl.col("status") < 400))


def cause() -> pl.Expr:
    """The cause of a failure, `ok` for none. A failing status speaks first, then the error type."""
    name = pl.col("error_type").str.to_lowercase().str.split(".").list.last()
    told = pl.when(pl.col("status") >= 400).then(pl.col("status")).otherwise(name.str.to_integer(strict=False))
    by_status = told.replace_strict(_OF_STATUS, default=None, return_dtype=pl.String)
    by_name = name.replace_strict(_OF_NAME, default=None, return_dtype=pl.String)
    server = pl.when(told.is_between(500, 599)).then(pl.lit(SERVER_ERROR))
    return pl.when(answered()).then(pl.lit(OK)).otherwise(pl.coalesce(by_status, server, by_name, pl.lit(OTHER)))
