"""Refactorings: changes over configuration and code that an author asks for at one place.

Each module has one action. It is offered only where the result certainly loads, so an editor may
show whatever is offered without asking further.
"""
