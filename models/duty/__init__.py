"""Duty: what an item owes under the law of its day, line by line with citations."""

from __future__ import annotations

from models.duty.calculator import assess, assess_many
from models.duty.due_dates import mail_due_date, period_due_date
from models.duty.facts import FACTS
from models.duty.reach import chapter99_reach
from models.duty.records import DutyAssessment, DutyError, DutyLine, DutyRequest
from models.duty.requests import read_requests, write_answers
from models.duty.routes import RouteAnswer, routes

__all__ = [
    "FACTS",
    "DutyAssessment",
    "DutyError",
    "DutyLine",
    "DutyRequest",
    "RouteAnswer",
    "assess",
    "assess_many",
    "chapter99_reach",
    "mail_due_date",
    "period_due_date",
    "read_requests",
    "routes",
    "write_answers",
]
