"""Removing secrets before anything is written."""
