"""Help: what the button *Hulp nodig?* offers, questions to the helpdesk, whom to reach (E-004, E-155, E-156, C-072)."""

from blueprints.help import questions, start
from blueprints.help.blueprint import bp

__all__ = ["bp", "questions", "start"]
