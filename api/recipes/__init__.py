"""Recipes that put Abonement before the tickets of a help desk; docs/recipes tells how each is set up."""
