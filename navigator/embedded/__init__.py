"""The stack that comes along: PostgreSQL and Redis from wheels, for demo and tests, and what `bin/` does with them.

Nothing here imports Django, and nothing outside imports this: the rest of the product sees only environment variables.
"""
