"""Annals' own API, below /apis/annals/v1, with resources beyond those of other registries."""
