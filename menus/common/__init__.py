"""Conversations, and pieces of them, that all roles share."""

from menus.common import news

FLOWS = (news.NEWS,)
