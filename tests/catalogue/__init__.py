"""Tests of catalogue, each on both databases where one is used."""
