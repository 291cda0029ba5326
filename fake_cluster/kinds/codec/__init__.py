"""From what a client sent to what the API server keeps: checked, cleaned and in canonical form.

`fast` decodes bodies of built-in kinds that have nothing wrong; `careful` explains those that have, in
Go's words; `pruning` does custom resources, whose wrong types are a matter of validation.
"""
