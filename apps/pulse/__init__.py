"""What an operator watches and what holds load back: counters and token buckets, shared by all processes through Redis.

Nothing here is needed to store a post: without Redis nothing is limited, and counters wait in their process.
"""
