"""The columns of every table of the catalogue, of the centre's places and of consents: their names, and what they may hold."""

from callcenter.catalogue.columns.consents import CONSENTS
from callcenter.catalogue.columns.places import DEPARTMENTS, DISTRICTS, LINES, SEATS, TERMINALS
from callcenter.catalogue.columns.providers import PARTNERS, WORKERS
from callcenter.catalogue.columns.services import KEY_NUMBERS, RESOURCES, SERVICES

__all__ = [
    "CONSENTS",
    "DEPARTMENTS",
    "DISTRICTS",
    "KEY_NUMBERS",
    "LINES",
    "PARTNERS",
    "RESOURCES",
    "SEATS",
    "SERVICES",
    "TERMINALS",
    "WORKERS",
]
