"""Who may do what: authentication, impersonation and authorization of requests.

`guard.Access` is the door, `users.User` somebody who comes through it.
"""
