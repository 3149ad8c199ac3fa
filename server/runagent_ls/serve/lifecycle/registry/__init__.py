"""The row of a served agent in the platform's registry: written if asked for, and put back."""
