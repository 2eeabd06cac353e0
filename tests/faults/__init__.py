"""What happens to traces when something breaks: sent = stored + rejected with a reason + still held by the client.

`load` posts to a running stack as exporters do; `stack` is that stack, whose servers may be hurt; `invariant` counts
afterwards, looks for anything that is there twice, and compares every figure of every cell with what raw rows yield.

gunicorn's workers killed in the midst of posts, its master killed, asked to end      test_web_killed
Celery's worker killed while it rebuilds, and a process of its pool alone             test_worker_killed
Postgres killed under load, stopped; Valkey killed, emptied, full; pages meanwhile    test_servers_away
a disk that is full, a raw table that is locked, no connection left                   test_database_struggles
lengths that lie; more clients that do not go on than there are threads               test_slow_clients
a million distinct labels of one key                                                  test_many_labels
shuffled, repeated, late by an hour, six days, thirty-four days                       test_order

What needs no stack of its own is tested where it belongs, over HTTP as well:

the same post again, and forty at once; the same id with other content                tests/ingest/test_post
the same id from another tenant; a sender's clock that is three hours behind          tests/ingest/test_post
how a conflict is told on a deployment's page                                         tests/dashboards/test_arrivals
late data and a week that is frozen                                                   tests/benchmarks/test_freezing
a worker's clock that is an hour ahead, or put back by one                            tests/rollups/test_turns
mail while clocks differ: leases, and never a second one                              tests/reports/test_delivery
a task that keeps dying is set aside                                                  tests/rollups/test_turns
bodies in bits, bombs, deadlines                                                      tests/ingest/test_body

The disk is a tmpfs, since nothing smaller can be filled without harm to others: where it cannot be mounted (not root, or
no user namespace for Postgres), that test fails and says so, the others run in a plain folder.
"""
