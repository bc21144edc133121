"""Annals' own API, below /apis/annals/v1: resources that no registry's API has."""
