"""Tests of locations, each on both databases where one is used."""
