"""The public taxonomy of tasks: the only names under which quality leaves a tenant."""

TAXONOMY = (
    "classification",
    "extraction",
    "summarization",
    "generation",
    "code",
    "reasoning",
    "chat",
    "retrieval",
    "other",
)


def public_task(task: str) -> str | None:
    """The task of the taxonomy that a tenant's own task is; None where nobody has said, which is not `other`."""
    return task if task in TAXONOMY else None
