"""RA1xx: are the fields there, and of the right type?"""
