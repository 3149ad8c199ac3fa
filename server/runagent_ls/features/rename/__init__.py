"""Renaming what configuration, Python and client code call by the same name.

Every change is complete or refused with a reason: see `runagent_ls.features.rename.renaming`.
"""
