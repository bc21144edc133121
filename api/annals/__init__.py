"""Annals' own API, below /apis/annals/v1: what no registry's API has a place for."""
