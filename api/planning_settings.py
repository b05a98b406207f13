"""How an organisation plans its shifts, over the API: read by who plans, set by its admin."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from data import planning_settings
from data.database import entered
from geo.shifts.settings import Settings, effects

router = APIRouter(tags=["plans"])
Points = Annotated[int, Field(ge=0, le=1000)]
Days = Annotated[int, Field(ge=1, le=730)]
Kind = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]


class SettingsBody(BaseModel):
    """All settings: weights in points, shares in per cent, km/h, minutes and days; `version` is the one that was read.

    A point is what a minute of travel costs. `car_speeds` are for 7 to 10, 10 to 16, 16 to 19, 19 to 21 and 21 to 7.
    `rhythms` are days by kind of place; kinds left out keep those of the table.
    """

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=0, lt=2**31 - 1)]
    risk: Points
    severity_shares: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(min_length=5, max_length=5)]
    half_life: Annotated[int, Field(ge=1, le=3650)]
    risk_most: Annotated[int, Field(ge=0, le=5000)]
    overdue: Points
    overdue_most: Annotated[int, Field(ge=1, le=10)]
    request: Points
    follow_up: Points
    exploration: Points
    exploratory: Annotated[int, Field(ge=0, le=50)]
    minutes: Annotated[int, Field(ge=5, le=120)]
    car_speeds: Annotated[list[Annotated[int, Field(ge=1, le=120)]], Field(min_length=5, max_length=5)]
    foot_speed: Annotated[float, Field(ge=1, le=12)]
    parking: Annotated[int, Field(ge=0, le=60)]
    slack: Annotated[int, Field(ge=0, le=200)]
    rhythms: Annotated[dict[Kind, Days], Field(max_length=60)] = {}

    def settings(self) -> Settings:
        """Return the same as a value."""
        lists = {"severity_shares": tuple(self.severity_shares), "car_speeds": tuple(self.car_speeds)}
        return Settings(**{**self.model_dump(), **lists, "foot_speed": round(self.foot_speed, 1)})


@router.get("/planning-settings")
def read_settings(backing: BackingNow, token: Token) -> Response:
    """Read how one's own organisation plans, and what that means in sentences."""
    with entered(backing.pool, token) as (conn, _):
        settings = planning_settings.planning_settings(conn)
    told = {name: getattr(settings, name) for name in SettingsBody.model_fields}
    return json_answer({**told, "effects": list(effects(settings))})


@router.put("/planning-settings")
def keep_settings(body: SettingsBody, backing: BackingNow, token: Token) -> Response:
    """Set how one's own organisation plans, as its admin."""
    with entered(backing.pool, token) as (conn, _):
        version = planning_settings.keep_planning_settings(conn, body.settings())
    return json_answer({"version": version, "effects": list(effects(body.settings()))})
