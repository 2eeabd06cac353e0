"""A seeded simulator of organizations that use language models, in the shapes of public measurements.

    cast       who there is: organizations, deployments, what they plan and how things go wrong for them
    happen     what truly happened in a deployment on one day, with the attempts of `dispatch`
    skills     how good its answers were
    report     what its source tells of that: a request in the native format, possibly with less than the truth
    ledger     sums of the truth by hour, to hold the product's own figures against
    stream     NDJSON of a stretch of time

A day of a deployment depends on the seed, the deployment and the date alone, so that any stretch of time gives the same
bytes again, whenever it is asked for. Nothing here knows the product's arithmetic, prices or rollups: it is one of the
independent proofs.
"""
