"""Completion in configurations."""
