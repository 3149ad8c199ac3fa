"""The schemas of `schemas/`, loaded and applied: problems of a value, and facts about a field."""
