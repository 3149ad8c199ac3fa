"""What JSON an annotation means, read from the source: names are followed through the project.

Nothing is imported or run. What cannot be known gives the empty schema, which accepts anything.
RunAgent converts nothing: a parameter annotated with a dataclass, a model, an Enum or a date gets
the plain object or text at run time. The schema tells which JSON is meant.
"""
