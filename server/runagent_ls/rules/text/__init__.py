"""RA0xx: is the text what its format allows?"""
