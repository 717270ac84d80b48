"""Tests of listings, each on both databases where one is used."""
