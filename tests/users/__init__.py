"""Tests of users, each on both databases where one is used."""
