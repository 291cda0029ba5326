"""Common Expression Language, as rules of custom resources and conditions of webhooks are written in it.

Nothing here is imported before somebody has an expression: the engine is a library of its own.
"""
