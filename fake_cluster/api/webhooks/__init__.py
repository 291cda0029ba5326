"""Admission webhooks: what a cluster's users have others ask, or change, about every write.

A call takes as long as the other side does, and the other side may well ask this API something before it
answers. In process a webhook is called right there, inside the write. The HTTP server has one thread and
must not wait: there the write is given up at the first call without an answer (`Suspended`), the call is
made in a thread, and the write begins again from its start with the answer at hand. Nothing has been stored
by then, and random values are drawn from a source of the request's own, so that it comes by the same way.
"""
